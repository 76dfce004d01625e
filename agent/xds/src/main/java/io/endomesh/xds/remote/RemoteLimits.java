package io.endomesh.xds.remote;

import com.google.protobuf.InvalidProtocolBufferException;
import io.endomesh.dataplane.limit.LimitServer;
import io.endomesh.xds.runtime.Log;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A limit server that is asked over connections. Thread-safe; waits on the thread that asks. */
final class RemoteLimits implements LimitServer {

  private final Asking asking;

  /**
   * @param name of the server, in sentences
   * @param nanoTime the clock of the mesh
   */
  RemoteLimits(String name, Peers peers, LongSupplier nanoTime, Log log) {
    this.asking =
        new Asking(
            LimitMessages.SHOULD_RATE_LIMIT,
            "limit server " + name,
            "Calls that it should have counted were let through, or refused if their policy fails"
                + " closed",
            peers,
            nanoTime,
            log);
  }

  @Override
  public @Nullable Answer ask(Question question, long timeoutNanos) {
    byte[] answer = asking.ask(LimitMessages.request(question), timeoutNanos);
    try {
      return answer == null ? null : LimitMessages.answer(answer);
    } catch (InvalidProtocolBufferException e) {
      asking.without("it answered what is no RateLimitResponse (" + e.getMessage() + ")");
      return null;
    }
  }
}
