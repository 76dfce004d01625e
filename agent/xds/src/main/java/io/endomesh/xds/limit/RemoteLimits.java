package io.endomesh.xds.limit;

import com.google.protobuf.InvalidProtocolBufferException;
import io.endomesh.dataplane.limit.LimitServer;
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
 * A limit server that is asked over connections. While there is no connection nobody waits.
 * Thread-safe; waits on the thread that asks.
 */
final class RemoteLimits implements LimitServer {

  /** A server that is away is one line a minute, not one a call. */
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final String name;
  private final Peers peers;
  private final LongSupplier nanoTime;
  private final Log log;

  private final AtomicLong unanswered = new AtomicLong();
  private final AtomicLong quietUntil;

  /**
   * @param name of the server, in sentences
   * @param nanoTime the clock of the mesh
   */
  RemoteLimits(String name, Peers peers, LongSupplier nanoTime, Log log) {
    this.name = name;
    this.peers = peers;
    this.nanoTime = nanoTime;
    this.log = log;
    this.quietUntil = new AtomicLong(nanoTime.getAsLong());
  }

  @Override
  public @Nullable Answer ask(Question question, long timeoutNanos) {
    Peers.Peer peer = peers.next();
    if (peer == null) {
      return without(peers.why());
    }
    try {
      return ask(peer, question, timeoutNanos);
    } finally {
      peer.end();
    }
  }

  private @Nullable Answer ask(Peers.Peer peer, Question question, long timeoutNanos) {
    long start = nanoTime.getAsLong();
    try {
      byte[] answer =
          peer.connection()
              .urgent(
                  LimitMessages.SHOULD_RATE_LIMIT,
                  Map.of("grpc-timeout", TimeUnit.NANOSECONDS.toMicros(timeoutNanos) + "u"),
                  LimitMessages.request(question),
                  timeoutNanos)
              .get(timeoutNanos, TimeUnit.NANOSECONDS);
      peer.outcome(GrpcStatus.OK, nanoTime.getAsLong() - start);
      return LimitMessages.answer(answer);
    } catch (TimeoutException e) {
      peer.outcome(GrpcStatus.DEADLINE_EXCEEDED, nanoTime.getAsLong() - start);
      return without("no answer within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      int status =
          cause instanceof GrpcException ended ? ended.status().code() : GrpcStatus.UNAVAILABLE;
      peer.outcome(status, nanoTime.getAsLong() - start);
      return without(cause == null ? e.toString() : String.valueOf(cause.getMessage()));
    } catch (InvalidProtocolBufferException e) {
      return without("it answered what is no RateLimitResponse (" + e.getMessage() + ")");
    } catch (InterruptedException e) {
      // The application wants its thread back, and will look at the flag itself.
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /**
   * @param why null if it is to be said later
   */
  private @Nullable Answer without(@Nullable String why) {
    unanswered.incrementAndGet();
    if (why == null) {
      return null;
    }
    long quiet = quietUntil.get();
    long now = nanoTime.getAsLong();
    if (now - quiet >= 0 && quietUntil.compareAndSet(quiet, now + QUIET_NANOS)) {
      log.warn(
          "limit server "
              + name
              + ": "
              + why
              + "; questions without an answer: "
              + unanswered.getAndSet(0)
              + ". Calls that it should have counted were let through, or refused if their policy"
              + " fails closed; it is asked again at the next");
    }
    return null;
  }
}
