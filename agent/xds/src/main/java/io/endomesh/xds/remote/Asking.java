package io.endomesh.xds.remote;

import io.endomesh.xds.http2.GrpcException;
import io.endomesh.xds.http2.GrpcStatus;
import io.endomesh.xds.runtime.Log;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts questions to a server over connections, and says in the log if they are not answered. While
 * there is no connection nobody waits. Thread-safe; waits on the thread that asks.
 */
final class Asking {

  /** A server that is away is one line a minute, not one a call. */
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final String method;
  private final String name;
  private final String consequence;
  private final Peers peers;
  private final LongSupplier nanoTime;
  private final Log log;

  private final AtomicLong unanswered = new AtomicLong();
  private final AtomicLong quietUntil;

  /**
   * @param method of gRPC, with its service
   * @param name of the server, in sentences
   * @param consequence of having no answer, a sentence
   * @param nanoTime the clock of the mesh
   */
  Asking(
      String method, String name, String consequence, Peers peers, LongSupplier nanoTime, Log log) {
    this.method = method;
    this.name = name;
    this.consequence = consequence;
    this.peers = peers;
    this.nanoTime = nanoTime;
    this.log = log;
    this.quietUntil = new AtomicLong(nanoTime.getAsLong());
  }

  /** Null if there was no answer in time. */
  byte @Nullable [] ask(byte[] question, long timeoutNanos) {
    Peers.Peer peer = peers.next();
    if (peer == null) {
      without(peers.why());
      return null;
    }
    try {
      return ask(peer, question, timeoutNanos);
    } finally {
      peer.end();
    }
  }

  private byte @Nullable [] ask(Peers.Peer peer, byte[] question, long timeoutNanos) {
    long start = nanoTime.getAsLong();
    try {
      byte[] answer =
          peer.connection()
              .urgent(
                  method,
                  Map.of("grpc-timeout", TimeUnit.NANOSECONDS.toMicros(timeoutNanos) + "u"),
                  question,
                  timeoutNanos)
              .get(timeoutNanos, TimeUnit.NANOSECONDS);
      peer.outcome(GrpcStatus.OK, nanoTime.getAsLong() - start);
      return answer;
    } catch (TimeoutException e) {
      peer.outcome(GrpcStatus.DEADLINE_EXCEEDED, nanoTime.getAsLong() - start);
      without("no answer within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      int status =
          cause instanceof GrpcException ended ? ended.status().code() : GrpcStatus.UNAVAILABLE;
      peer.outcome(status, nanoTime.getAsLong() - start);
      without(cause == null ? e.toString() : String.valueOf(cause.getMessage()));
    } catch (InterruptedException e) {
      // The application wants its thread back, and will look at the flag itself.
      Thread.currentThread().interrupt();
    }
    return null;
  }

  /**
   * One more question has no answer, or none that is of use.
   *
   * @param why null if it is to be said later
   */
  void without(@Nullable String why) {
    unanswered.incrementAndGet();
    if (why == null) {
      return;
    }
    long quiet = quietUntil.get();
    long now = nanoTime.getAsLong();
    if (now - quiet >= 0 && quietUntil.compareAndSet(quiet, now + QUIET_NANOS)) {
      log.warn(
          name
              + ": "
              + why
              + "; questions without an answer: "
              + unanswered.getAndSet(0)
              + ". "
              + consequence
              + "; it is asked again at the next");
    }
  }
}
