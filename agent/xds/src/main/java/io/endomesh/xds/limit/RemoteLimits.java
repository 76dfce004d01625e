package io.endomesh.xds.limit;

import com.google.protobuf.InvalidProtocolBufferException;
import io.endomesh.dataplane.limit.LimitServer;
import io.endomesh.xds.http2.Http2Connection;
import io.endomesh.xds.runtime.Log;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A limit server at the other end of a connection. While there is no connection nobody waits.
 * Thread-safe; waits on the thread that asks.
 */
public final class RemoteLimits implements LimitServer {

  /** A server that is away is one line a minute, not one a call. */
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final String name;
  private final Supplier<@Nullable Http2Connection> connection;
  private final LongSupplier nanoTime;
  private final Log log;

  private final AtomicLong unanswered = new AtomicLong();
  private final AtomicLong quietUntil;

  /**
   * @param name of the server, in sentences
   * @param connection to it as it is now; null if there is none
   */
  public RemoteLimits(
      String name, Supplier<@Nullable Http2Connection> connection, LongSupplier nanoTime, Log log) {
    this.name = name;
    this.connection = connection;
    this.nanoTime = nanoTime;
    this.log = log;
    this.quietUntil = new AtomicLong(nanoTime.getAsLong());
  }

  @Override
  public @Nullable Answer ask(Question question, long timeoutNanos) {
    Http2Connection open = connection.get();
    if (open == null || !open.isOpen()) {
      return without("there is no connection to it");
    }
    try {
      byte[] answer =
          open.urgent(
                  LimitMessages.SHOULD_RATE_LIMIT,
                  Map.of("grpc-timeout", TimeUnit.NANOSECONDS.toMicros(timeoutNanos) + "u"),
                  LimitMessages.request(question),
                  timeoutNanos)
              .get(timeoutNanos, TimeUnit.NANOSECONDS);
      return LimitMessages.answer(answer);
    } catch (TimeoutException e) {
      return without("no answer within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return without(cause == null ? e.toString() : String.valueOf(cause.getMessage()));
    } catch (InvalidProtocolBufferException e) {
      return without("it answered what is no RateLimitResponse (" + e.getMessage() + ")");
    } catch (InterruptedException e) {
      // The application wants its thread back, and will look at the flag itself.
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private @Nullable Answer without(String why) {
    unanswered.incrementAndGet();
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
