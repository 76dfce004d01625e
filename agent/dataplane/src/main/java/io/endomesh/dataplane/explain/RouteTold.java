package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.Mirror;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.dataplane.route.WeightedClusters.Target;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is decided once a call: the route, and the rules that it names. Stateless. */
final class RouteTold {

  private RouteTold() {}

  /**
   * @param taken what the host matched
   */
  static Step step(VirtualHost host, @Nullable Route taken, ExplainedRequest request) {
    List<Candidate> candidates = new ArrayList<>();
    boolean found = false;
    for (Route route : host.routes()) {
      int mismatch = route.match().mismatch(request);
      boolean matches = mismatch == RouteMatch.NONE;
      String why =
          matches
              ? found ? "matches too, and comes later" : "the first that matches"
              : Words.mismatch(route.match(), mismatch, request);
      candidates.add(new Candidate(route.name(), route == taken, why));
      found |= matches;
    }
    return taken == null
        ? new Step("route", "no route of " + host.name() + " matches", null, candidates)
        : new Step("route", taken.name() + " matches", taken.name(), candidates);
  }

  /** What the route asks for, as far as it asks for anything. */
  static List<Step> policies(Route route, Clock clock) {
    List<Step> steps = new ArrayList<>();
    RoutePolicy policy = route.policy();
    if (policy.fault() != null) {
      steps.add(fault(policy.fault(), policy.fault().decidedBy(route.name()), clock));
    }
    if (!(route.action() instanceof RouteAction.Forward forward)) {
      return steps;
    }
    if (!forward.mirrors().isEmpty()) {
      List<Candidate> copies = new ArrayList<>();
      for (Mirror mirror : forward.mirrors()) {
        copies.add(
            new Candidate(mirror.cluster().name(), true, "of " + mirror.share() + " of the calls"));
      }
      steps.add(new Step("mirror", "copies are sent along", route.name(), copies));
    }
    if (policy.timeoutNanos() > 0 || policy.attemptTimeoutNanos() > 0) {
      steps.add(new Step("timeout", timeouts(policy), route.name(), List.of()));
    }
    steps.add(retry(policy.retry(), route.name()));
    return steps;
  }

  private static Step fault(Fault fault, String name, Clock clock) {
    String until =
        fault.untilMillis() == Fault.FOREVER
            ? ""
            : " until " + Instant.ofEpochMilli(fault.untilMillis());
    if (fault.isOver(clock)) {
      return new Step("fault", "none any more: there were some" + until, name, List.of());
    }
    List<Candidate> faults = new ArrayList<>();
    if (fault.delay() != null) {
      faults.add(fault("delay of " + Words.duration(fault.delay().nanos()), fault.delay().share()));
    }
    if (fault.abort() != null) {
      faults.add(fault("abort with " + fault.abort().status(), fault.abort().share()));
    }
    return new Step("fault", "faults on purpose" + until, name, faults);
  }

  private static Candidate fault(String what, Share share) {
    return new Candidate(
        what,
        share.equals(Share.ALL),
        share.equals(Share.ALL)
            ? "of every call"
            : "of " + share + " of the calls; told below is what happens to the others");
  }

  private static String timeouts(RoutePolicy policy) {
    String whole =
        policy.timeoutNanos() > 0
            ? Words.duration(policy.timeoutNanos()) + " for the call"
            : "none for the call";
    return policy.attemptTimeoutNanos() > 0
        ? whole + ", " + Words.duration(policy.attemptTimeoutNanos()) + " for each attempt"
        : whole;
  }

  private static Step retry(RetryPolicy retry, String name) {
    if (retry.retries() == 0) {
      return new Step("retry", "never", name, List.of());
    }
    List<String> after = new ArrayList<>();
    after.add("a request that was never sent");
    if (retry.onReset()) {
      after.add("no response");
    }
    for (int status : new TreeSet<>(retry.statuses())) {
      after.add(Integer.toString(status));
    }
    for (int status : new TreeSet<>(retry.grpcStatuses())) {
      after.add("gRPC " + status);
    }
    boolean isDefault = retry.equals(RetryPolicy.SAFE);
    return new Step(
        "retry",
        "up to " + retry.retries() + " after " + String.join(", ", after),
        isDefault ? null : name,
        List.of());
  }

  /**
   * @param open those that the call may take
   */
  static Step split(WeightedClusters clusters, List<Target> open) {
    int total = open.stream().mapToInt(Target::weight).sum();
    List<Candidate> candidates = new ArrayList<>();
    for (Target target : clusters.targets()) {
      boolean taken = open.contains(target);
      String why =
          taken
              ? Words.percent(100.0 * target.weight() / total)
              : target.weight() == 0 ? "weight 0" : "the session is elsewhere";
      candidates.add(new Candidate(target.cluster().name(), taken, why));
    }
    return candidates.size() == 1
        ? Step.of("cluster", candidates.get(0).name())
        : new Step("cluster", "a split by weight", null, candidates);
  }

  /** The same without faults that hit only some calls. */
  static Route withoutChance(Route route) {
    Fault fault = route.policy().fault();
    if (fault == null) {
      return route;
    }
    Fault certain =
        new Fault(
            fault.delay() != null && fault.delay().share().equals(Share.ALL) ? fault.delay() : null,
            fault.abort() != null && fault.abort().share().equals(Share.ALL) ? fault.abort() : null,
            fault.untilMillis(),
            fault.by());
    return new Route(
        route.name(), route.match(), route.action(), route.policy().withFault(certain));
  }

  /** The same with one side of its split only. */
  static Route leadingTo(Route route, RouteAction.Forward forward, Target target) {
    return new Route(
        route.name(),
        route.match(),
        new RouteAction.Forward(
            WeightedClusters.of(List.of(target)), forward.rewrite(), forward.mirrors()),
        route.policy());
  }
}
