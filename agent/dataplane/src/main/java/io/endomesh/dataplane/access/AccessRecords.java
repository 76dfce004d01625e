package io.endomesh.dataplane.access;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells who looks of the calls that end. While nobody looks it costs one volatile read, and nothing
 * is allocated. Thread-safe.
 */
public final class AccessRecords {

  private final String self;

  // Guarded by this.
  private List<Watch> taps = List.of();
  private @Nullable Watch log;

  /** Null while nobody looks. */
  private volatile Watch @Nullable [] watches;

  /**
   * @param self name of this service, {@code orders.shop}
   */
  public AccessRecords(String self) {
    this.self = self;
  }

  /** These look from now on, and no others but the log. */
  public synchronized void taps(List<Watch> looking) {
    taps = List.copyOf(looking);
    changed();
  }

  /** The access log, null for none. */
  public synchronized void log(@Nullable Watch looking) {
    log = looking;
    changed();
  }

  private void changed() {
    List<Watch> all = new ArrayList<>(taps);
    if (log != null) {
      all.add(log);
    }
    watches = all.isEmpty() ? null : all.toArray(new Watch[0]);
  }

  /** To be told of the last attempt of a call only: others are no end. */
  public void attemptEnded(Attempt attempt, Outcome outcome, CallObserver observer) {
    Watch[] looking = watches;
    if (looking != null && !attempt.retried() && !attempt.superseded() && isHttp(attempt.call())) {
      see(looking, Ended.of(attempt, outcome, self), observer.traceId(attempt.call()));
    }
  }

  public void replied(Call call, Reply reply, CallObserver observer) {
    Watch[] looking = watches;
    if (looking != null && isHttp(call)) {
      see(looking, Ended.of(call, reply, self), observer.traceId(call));
    }
  }

  public void servedEnded(InboundCall call, Outcome outcome, CallObserver observer) {
    Watch[] looking = watches;
    if (looking != null) {
      see(looking, Ended.of(call, outcome, self), observer.traceId(call.context()));
    }
  }

  private static boolean isHttp(Call call) {
    return call.request().protocol() != Protocol.TCP;
  }

  private static void see(Watch[] looking, Ended call, @Nullable String traceId) {
    for (Watch watch : looking) {
      watch.see(call, traceId);
    }
  }
}
