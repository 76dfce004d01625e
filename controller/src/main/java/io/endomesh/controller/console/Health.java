package io.endomesh.controller.console;

import io.endomesh.controller.telemetry.Stats;
import java.util.Locale;

/** How well a service, a workload or an edge does. */
enum Health {
  HEALTHY,
  DEGRADED,
  FAILING,
  IDLE;

  /** One error in a hundred: people begin to notice. */
  private static final double DEGRADED_RATIO = 0.01;

  /** One error in ten: something is broken. */
  private static final double FAILING_RATIO = 0.1;

  static Health of(Stats stats) {
    Double ratio = stats.errorRatio();
    if (ratio == null) {
      return IDLE;
    }
    if (ratio >= FAILING_RATIO) {
      return FAILING;
    }
    return ratio >= DEGRADED_RATIO ? DEGRADED : HEALTHY;
  }

  static Health of(Stats stats, int connected) {
    return connected == 0 ? FAILING : of(stats);
  }

  String json() {
    return name().toLowerCase(Locale.ROOT);
  }
}
