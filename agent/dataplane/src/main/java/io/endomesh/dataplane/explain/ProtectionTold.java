package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.limit.Concurrency;
import io.endomesh.dataplane.limit.GlobalLimits;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.limit.RateLimit;
import io.endomesh.dataplane.limit.RateLimits;
import io.endomesh.dataplane.limit.Urgency;
import java.util.ArrayList;
import java.util.List;

/**
 * What protects a server from a call that it permits: the limits that count it, and how urgent it
 * is. How far a limit is used up, and how many calls run, only the server knows. Stateless.
 */
final class ProtectionTold {

  private ProtectionTold() {}

  static List<Step> steps(Inbound.Port rules, ArrivedRequest arrived) {
    List<Step> steps = new ArrayList<>();
    List<Candidate> local = local(rules.rateLimits(), arrived);
    if (!local.isEmpty()) {
      steps.add(new Step("rate limit", "counted by each workload for itself", null, local));
    }
    List<Candidate> global = global(rules.rateLimits(), arrived);
    if (!global.isEmpty()) {
      steps.add(new Step("rate limit", "counted for all instances together", null, global));
    }
    Overload overload = rules.overload();
    if (overload != null) {
      steps.add(overload(overload, arrived));
    }
    return steps;
  }

  private static List<Candidate> local(RateLimits limits, ArrivedRequest arrived) {
    List<Candidate> candidates = new ArrayList<>();
    for (RateLimits.Counted counted : limits.counted()) {
      RateLimit limit = counted.limit();
      String name = limit.policy() + " " + limit.name();
      candidates.add(limit(name, limit.match(), limit.rate().toString(), limit.key(), arrived));
    }
    return candidates;
  }

  private static List<Candidate> global(RateLimits limits, ArrivedRequest arrived) {
    List<Candidate> candidates = new ArrayList<>();
    for (GlobalLimits asked : limits.global()) {
      for (GlobalPolicy.Limit limit : asked.policy().limits()) {
        String name = asked.policy().name() + " " + limit.name();
        candidates.add(
            limit(name, limit.match(), words(asked.policy(), limit), limit.key(), arrived));
      }
    }
    return candidates;
  }

  private static String words(GlobalPolicy policy, GlobalPolicy.Limit limit) {
    return policy.server().isController()
        ? limit.rate()
        : "as " + policy.server().authority() + " says, which is asked";
  }

  private static Candidate limit(
      String name, Condition match, String rate, LimitKey key, ArrivedRequest arrived) {
    boolean counts = match.matches(arrived, arrived.caller(), arrived.remoteAddress());
    return new Candidate(
        name,
        counts,
        counts
            ? rate + ", " + counted(key, arrived)
            : "for other calls (expected: " + Words.condition(match) + ")");
  }

  /** Whose calls are counted together with this one. */
  private static String counted(LimitKey key, ArrivedRequest arrived) {
    String value = key.of(arrived, arrived.caller());
    if (key instanceof LimitKey.None) {
      return "shared by all callers";
    }
    String who = key instanceof LimitKey.Header header ? "header " + header.name() : "caller";
    return value == null
        ? "shared by all calls without " + (key instanceof LimitKey.Header ? who : "an identity")
        : "for " + who + " " + value;
  }

  private static Step overload(Overload overload, ArrivedRequest arrived) {
    Urgency urgency = overload.urgency();
    String caller = arrived.caller();
    int urgent = urgency.of(arrived, caller);
    List<Candidate> candidates = new ArrayList<>();
    boolean decided = false;
    for (Urgency.CallerClass one : urgency.callers()) {
      boolean matches = caller != null && one.matches(caller);
      candidates.add(
          new Candidate(
              "callers " + one.identity(),
              matches && !decided,
              "urgency " + one.urgency() + (matches ? "" : ", for other callers")));
      decided |= matches;
    }
    if (urgency.header() != null) {
      String value = arrived.header(urgency.header());
      candidates.add(
          new Candidate(
              "header " + urgency.header(),
              !decided && value != null,
              decided ? "the caller decides" : value == null ? "absent" : value));
    }
    Concurrency bounds = overload.limit().settings();
    return new Step(
        "overload",
        "urgency "
            + urgent
            + " of 0 to "
            + Urgency.LEAST
            + ": may fill "
            + Urgency.allowance(urgent)
            + " % of the calls that each workload lets run at a time, "
            + bounds.min()
            + " to "
            + bounds.max(),
        overload.policy(),
        candidates);
  }
}
