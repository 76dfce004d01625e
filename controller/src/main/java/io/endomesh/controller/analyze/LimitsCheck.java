package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.telemetry.Edge;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.MeshService;
import io.endomesh.controller.translate.ServiceKey;
import java.util.List;
import java.util.Locale;

/** Protection that hits the wrong ones. */
final class LimitsCheck implements Check {

  private static final double MILLIS_IN_SECOND = 1_000;

  @Override
  public void look(Estate estate, List<Finding> findings) {
    if (!estate.live()) {
      return;
    }
    for (AppliedResource applied : estate.resources()) {
      if (applied.resource() instanceof DestinationRule rule) {
        ServiceKey key = estate.model().serviceOf(rule);
        MeshService service = key == null ? null : estate.model().service(key);
        if (service != null) {
          limit(estate, applied, rule, service, findings);
          onlyEndpoint(applied, rule, service, findings);
        }
      }
    }
  }

  /**
   * Calls in flight are their rate times their time (Little, A Proof for the Queuing Formula,
   * 1961); the limit holds for each workload that calls.
   */
  private static void limit(
      Estate estate,
      AppliedResource applied,
      DestinationRule rule,
      MeshService service,
      List<Finding> findings) {
    DestinationRule.ConnectionPool pool = rule.policy().connectionPool();
    Integer limit = pool == null ? null : pool.maxRequests();
    if (limit == null) {
      return;
    }
    for (Edge edge : estate.traffic()) {
      Double p50 = edge.stats().p50Millis();
      if (p50 != null && edge.destination().equals(Estate.text(service.key()))) {
        double inFlight =
            edge.stats().requestsPerSecond()
                * p50
                / MILLIS_IN_SECOND
                / Math.max(1, callers(estate, edge.source()));
        if (inFlight > limit) {
          findings.add(
              new Finding(
                  Code.EM0401,
                  applied.key(),
                  "spec.trafficPolicy.connectionPool.http.http2MaxRequests",
                  limit
                      + " (expected: more than "
                      + String.format(Locale.ROOT, "%.1f", inFlight)
                      + ", which each workload of "
                      + edge.source()
                      + " has in flight now); calls beyond it get 503"));
        }
      }
    }
  }

  private static long callers(Estate estate, String source) {
    return estate.model().services().stream()
        .filter(service -> Estate.text(service.key()).equals(source))
        .mapToLong(service -> service.workloads().size())
        .sum();
  }

  private static void onlyEndpoint(
      AppliedResource applied, DestinationRule rule, MeshService service, List<Finding> findings) {
    DestinationRule.Outliers outliers = rule.policy().outliers();
    if (outliers != null && outliers.minHealthPercent() == 0 && service.workloads().size() == 1) {
      findings.add(
          new Finding(
              Code.EM0402,
              applied.key(),
              "spec.trafficPolicy.outlierDetection",
              Estate.text(service.key())
                  + " has one workload (expected: two at least, or minHealthPercent); if it is"
                  + " ejected, calls get 503"));
    }
  }
}
