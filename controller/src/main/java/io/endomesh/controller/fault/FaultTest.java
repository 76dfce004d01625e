package io.endomesh.controller.fault;

import io.endomesh.controller.kinds.RouteFilters;
import io.endomesh.controller.translate.InjectedFault;
import io.endomesh.controller.translate.ServiceKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls of a service that go wrong on purpose for a while. Immutable.
 *
 * @param route {@code HTTPRoute/shop/orders}, null for all calls of the service
 * @param rule of the route, null for all of them
 * @param delay zero delays nothing
 * @param status HTTP status that calls are answered with; 0 for none
 * @param grpcStatus code number; -1 for none
 * @param perMillion share of the calls
 * @param by who started it
 * @param until when it ends, whatever else happens
 * @param end null while it runs
 */
record FaultTest(
    String id,
    ServiceKey service,
    @Nullable String route,
    @Nullable Integer rule,
    Duration delay,
    int status,
    int grpcStatus,
    int perMillion,
    String by,
    Instant startedAt,
    Instant until,
    @Nullable End end) {

  static final int ALL = 1_000_000;

  private static final double PERCENT = 10_000;

  /**
   * @param by who ended it; null if its time was over
   */
  record End(Instant at, @Nullable String by) {}

  boolean isRunning(Instant now) {
    return end == null && now.isBefore(until);
  }

  FaultTest ended(Instant at, @Nullable String who) {
    return new FaultTest(
        id,
        service,
        route,
        rule,
        delay,
        status,
        grpcStatus,
        perMillion,
        by,
        startedAt,
        until,
        new End(at, who));
  }

  double percent() {
    return perMillion / PERCENT;
  }

  /** What is put on the routes. */
  InjectedFault injected() {
    boolean aborts = status > 0 || grpcStatus >= 0;
    return new InjectedFault(
        "FaultTest/" + service.namespace() + "/" + id,
        service,
        rule == null || route == null ? route : route + " rule " + rule,
        new RouteFilters.Fault(
            delay.toNanos(),
            delay.isZero() ? 0 : perMillion,
            status,
            grpcStatus,
            aborts ? perMillion : 0,
            until));
  }

  /** In the audit log and the controller's own. */
  String subject() {
    StringBuilder text = new StringBuilder(service.namespace() + "/" + service.name());
    if (route != null) {
      text.append(", ").append(route);
    }
    if (rule != null) {
      text.append(" rule ").append(rule);
    }
    text.append(": ");
    if (!delay.isZero()) {
      text.append(delay.toMillis()).append(" ms later");
    }
    if (status > 0 || grpcStatus >= 0) {
      text.append(delay.isZero() ? "" : " and ")
          .append("answered with ")
          .append(status > 0 ? "" + status : "gRPC " + grpcStatus);
    }
    double percent = percent();
    return text.append(", ")
        .append(percent == Math.rint(percent) ? Long.toString((long) percent) : "" + percent)
        .append(" % of the calls until ")
        .append(until.truncatedTo(ChronoUnit.SECONDS))
        .toString();
  }
}
