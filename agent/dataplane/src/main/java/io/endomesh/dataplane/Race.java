package io.endomesh.dataplane;

import io.endomesh.dataplane.cluster.Hedging;
import org.jspecify.annotations.Nullable;

/**
 * What the attempts of a hedged call must agree on, because several are under way at once: whose
 * answer the application gets. Only calls that are hedged have one. Thread-safe: who decides
 * something about the call holds its lock, since an attempt may end on any thread.
 */
final class Race {

  private int underWay;
  private int hedges;
  private boolean stopped;
  private @Nullable Attempt newest;
  private @Nullable Attempt winner;

  synchronized void began(Attempt attempt) {
    underWay++;
    newest = attempt;
  }

  synchronized void ended() {
    underWay--;
  }

  /** Counts one more attempt that was made before another had answered. */
  synchronized void hedged() {
    hedges++;
  }

  /** A server pushed back: no further attempt is sent ahead of an answer (gRFC A6, "Pushback"). */
  synchronized void stop() {
    stopped = true;
  }

  synchronized boolean mayHedge(Hedging hedging) {
    return !stopped && winner == null && hedges + 1 < hedging.maxAttempts();
  }

  /** True if nobody was sent after this attempt, and an answer is still awaited. */
  synchronized boolean isNewest(Attempt attempt) {
    return newest == attempt && underWay > 0;
  }

  synchronized boolean othersUnderWay() {
    return underWay > 0;
  }

  /** True if the application gets what this attempt came to, and nothing of any other. */
  synchronized boolean claim(Attempt attempt) {
    if (winner == null) {
      winner = attempt;
    }
    return winner == attempt;
  }

  /** True as long as nothing is the application's. */
  synchronized boolean isOpen() {
    return winner == null;
  }

  /** True if the application gets what another attempt came to. */
  synchronized boolean isLost(Attempt attempt) {
    return winner != null && winner != attempt;
  }
}
