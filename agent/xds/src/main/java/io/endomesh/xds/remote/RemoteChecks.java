package io.endomesh.xds.remote;

import com.google.protobuf.InvalidProtocolBufferException;
import io.endomesh.dataplane.external.CheckServer;
import io.endomesh.xds.runtime.Log;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who decides about requests, asked over connections. Thread-safe; waits on the thread that asks.
 */
final class RemoteChecks implements CheckServer {

  private final Asking asking;

  /**
   * @param name of the server, in sentences
   * @param nanoTime the clock of the mesh
   */
  RemoteChecks(String name, Peers peers, LongSupplier nanoTime, Log log) {
    this.asking =
        new Asking(
            CheckMessages.CHECK,
            "authorization server " + name,
            "Requests that it should have decided about were refused, or let through if its"
                + " provider fails open",
            peers,
            nanoTime,
            log);
  }

  @Override
  public @Nullable Verdict check(Question question, long timeoutNanos) {
    byte[] answer = asking.ask(CheckMessages.request(question), timeoutNanos);
    if (answer == null) {
      return null;
    }
    try {
      Verdict verdict = CheckMessages.verdict(answer);
      if (verdict instanceof Verdict.Unusable unusable) {
        asking.without("its answer cannot be carried out (" + unusable.why() + ")");
      }
      return verdict;
    } catch (InvalidProtocolBufferException e) {
      asking.without("it answered what is no CheckResponse (" + e.getMessage() + ")");
      return null;
    }
  }
}
