package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Decision;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Pause;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.SessionPersistence;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.dataplane.route.WeightedClusters.Target;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what would happen to a call, and why. It asks the data plane itself: each way a call may
 * take is one real call through a {@link Mesh} that holds the snapshot, and what is told is read
 * off the rules that the call met. So an explanation cannot say other than what would be done.
 *
 * <p>What is left to chance in a call is laid open instead of drawn: faults that hit some calls,
 * and the sides of a split. Costs thousands of decisions; never on the request path. Thread-safe.
 */
public final class Explainer {

  private static final Endpoint[] NONE_TRIED = {};

  private final Workload caller;
  private final @Nullable String callerAddress;
  private final Snapshot snapshot;
  private final Callees callees;
  private final LongSupplier nanoTime;
  private final Clock clock;

  /**
   * @param callerAddress IP address that callees see; null if it is not known
   * @param snapshot of the caller; its identity is the one it proves
   * @param nanoTime the clock that the loads of its endpoints are on
   */
  public Explainer(
      Workload caller,
      @Nullable String callerAddress,
      Snapshot snapshot,
      Callees callees,
      LongSupplier nanoTime,
      Clock clock) {
    this.caller = caller;
    this.callerAddress = callerAddress;
    this.snapshot = snapshot;
    this.callees = callees;
    this.nanoTime = nanoTime;
    this.clock = clock;
  }

  /** The request is left as it would be sent the last way that was told. */
  public Explanation explain(ExplainedRequest request) {
    VirtualHost host = snapshot.hosts().get(request.authority().toLowerCase(Locale.ROOT));
    List<Step> steps = new ArrayList<>();
    if (host == null) {
      String message = "the mesh does not know " + request.authority();
      steps.add(Step.of("service", message));
      return new Explanation(
          Verdict.of(
              Verdict.Kind.PASSES_THROUGH, message + ": the call goes on as if there were no mesh"),
          steps,
          List.of());
    }
    steps.add(Step.of("service", request.authority() + " is " + host.name()));
    Route route = host.match(request);
    steps.add(RouteTold.step(host, route, request));
    if (route == null) {
      return answered(decide(host, request, snapshot.identity()), steps);
    }
    steps.addAll(RouteTold.policies(route, clock));
    Route certain = RouteTold.withoutChance(route);
    if (!(route.action() instanceof RouteAction.Forward forward)) {
      return answered(decide(only(host, certain), request, snapshot.identity()), steps);
    }
    List<Target> open = open(forward.clusters(), route.policy().persistence(), request);
    steps.add(RouteTold.split(forward.clusters(), open));
    List<Explanation.Branch> branches = new ArrayList<>();
    int total = open.stream().mapToInt(Target::weight).sum();
    for (Target target : open) {
      Route leadsThere = RouteTold.leadingTo(certain, forward, target);
      double percent = 100.0 * target.weight() / total;
      // As the application wrote it: endpoints are chosen before the message is changed.
      request.restore();
      ClusterTold cluster = new ClusterTold(target.cluster(), certain.policy(), request, nanoTime);
      Decision decision = decide(only(host, leadsThere), request, snapshot.identity());
      if (decision instanceof Attempt attempt) {
        branches.add(sent(attempt, cluster, request, percent));
        continue;
      }
      Reply reply = (Reply) decision;
      if (isBeforeAnyCluster(reply, certain)) {
        return answered(reply, steps);
      }
      branches.add(
          new Explanation.Branch(
              target.cluster().name(),
              percent,
              cluster.steps(),
              Verdict.of(Verdict.Kind.ANSWERED, reply)));
    }
    return new Explanation(together(branches), steps, branches);
  }

  private Explanation.Branch sent(
      Attempt attempt, ClusterTold cluster, ExplainedRequest request, double percent) {
    Step hedging = HedgingTold.step(attempt);
    attempt.abandoned(null);
    CalleeTold callee = new CalleeTold(request, callerId(), callerAddress, callees, nanoTime);
    List<Step> steps = new ArrayList<>(cluster.steps());
    if (hedging != null) {
      steps.add(hedging);
    }
    steps.add(MessageTold.step(request, attempt.timeoutNanos()));
    steps.addAll(callee.steps(cluster.reached()));
    return new Explanation.Branch(attempt.cluster().name(), percent, steps, callee.verdict());
  }

  private @Nullable String callerId() {
    Identity identity = snapshot.identity();
    return identity == null ? null : identity.spiffeId();
  }

  /** What the route itself decided: a fault that hits every call, a browser that asks first. */
  private static boolean isBeforeAnyCluster(Reply reply, Route route) {
    return reply.decidedBy().equals(route.name());
  }

  private static Explanation answered(Decision decision, List<Step> steps) {
    return new Explanation(Verdict.of(Verdict.Kind.ANSWERED, (Reply) decision), steps, List.of());
  }

  /** The sides that a call may take: all with a weight, or the one that has its session. */
  private static List<Target> open(
      WeightedClusters clusters,
      @Nullable SessionPersistence persistence,
      ExplainedRequest request) {
    String session = persistence == null ? null : persistence.session(request);
    if (session != null) {
      Target target = clusters.pick(session, NONE_TRIED);
      if (target.cluster().pickSession(session, NONE_TRIED) != null) {
        return List.of(target);
      }
    }
    return clusters.targets().stream().filter(target -> target.weight() > 0).toList();
  }

  private static VirtualHost only(VirtualHost host, Route route) {
    return new VirtualHost(host.name(), List.of(route));
  }

  /** The real thing: one call of a mesh that has this host; waits are passed over. */
  private Decision decide(VirtualHost host, ExplainedRequest request, @Nullable Identity identity) {
    Mesh mesh = new Mesh(caller, nanoTime, clock);
    String authority = request.authority().toLowerCase(Locale.ROOT);
    mesh.publish(new Snapshot(1, Map.of(authority, host), Inbound.OPEN, identity));
    Call call = mesh.call(request);
    if (call == null) {
      throw new IllegalStateException(authority + " was published, and is not known");
    }
    Decision decision = call.next();
    while (decision instanceof Pause) {
      decision = call.next();
    }
    return decision;
  }

  private static Verdict together(List<Explanation.Branch> branches) {
    Verdict first = branches.get(0).verdict();
    if (branches.stream().allMatch(branch -> branch.verdict().equals(first))) {
      return first;
    }
    List<String> parts = new ArrayList<>();
    for (Explanation.Branch branch : branches) {
      parts.add(Words.percent(branch.percent()) + ": " + branch.verdict().message());
    }
    return Verdict.of(Verdict.Kind.DEPENDS, String.join("; ", parts));
  }
}
