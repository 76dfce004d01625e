package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.translate.AppliedResource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Timeouts that leave no room for what stands beside them. */
final class TimeoutsCheck implements Check {

  @Override
  public void look(Estate estate, List<Finding> findings) {
    for (AppliedResource applied : estate.resources()) {
      RuleSet rules = RuleSet.of(applied.resource(), estate.model());
      for (int i = 0; rules != null && i < rules.rules().size(); i++) {
        rule(applied, rules.field(i), rules.rules().get(i), findings);
      }
    }
  }

  private static void rule(
      AppliedResource applied, String field, RouteResource.Rule rule, List<Finding> findings) {
    Long call = rule.timeouts().requestNanos();
    Long attempt = rule.timeouts().attemptNanos();
    RouteResource.Retry retry = rule.retry();
    if (call == null || attempt == null) {
      return;
    }
    Integer attempts = retry == null ? null : retry.attempts();
    if (retry != null && attempts != null && attempts == 0) {
      return;
    }
    if (call <= attempt) {
      findings.add(
          new Finding(
              Code.EM0301,
              applied.key(),
              field,
              "timeout "
                  + millis(call)
                  + " of the call, "
                  + millis(attempt)
                  + " of an attempt (expected: longer than an attempt); after an attempt that times"
                  + " out nothing is left for another"));
    } else if (attempts != null && call < attempt * (attempts + 1)) {
      findings.add(
          new Finding(
              Code.EM0302,
              applied.key(),
              field,
              "timeout "
                  + millis(call)
                  + " of the call (expected: at least "
                  + millis(attempt * (attempts + 1))
                  + ", "
                  + (attempts + 1)
                  + " attempts of "
                  + millis(attempt)
                  + " each); the last of them are cut short or not made"));
    }
  }

  private static String millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos) + " ms";
  }
}
