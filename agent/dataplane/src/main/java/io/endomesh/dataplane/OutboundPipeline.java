package io.endomesh.dataplane;

import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.BreakerState;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Hedging;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.route.Cors;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.HashPolicy;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.SessionPersistence;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.dataplane.trail.Trail;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The path of an outgoing call, stage by stage. This is the one place that shows it.
 *
 * <p>A stage fills in its part of the {@link Call} and returns null to go on, a {@link Reply} that
 * ends the call here, or a {@link Pause} after which the call goes on with the next stage. Stages
 * read the snapshot the call began with, so that a call never sees half of a configuration change.
 * Stateless; allocates nothing but the {@link Attempt}, save where a policy makes new text.
 */
final class OutboundPipeline {

  /**
   * Tells the server how long its caller waits, in milliseconds; Envoy's header, which its servers
   * understand too. gRPC has its own, {@code grpc-timeout}.
   */
  static final String EXPECTED_TIMEOUT_HEADER = "x-envoy-expected-rq-timeout-ms";

  /**
   * Copies for mirrors that may be in flight to one cluster: a slow mirror must not pile them up.
   */
  private static final int MAX_COPIES = 100;

  /**
   * Longest time for a copy, so that a mirror that never answers gets new ones again; Envoy's
   * default {@code RouteAction.timeout}, which rules its copies too.
   */
  private static final long COPY_TIMEOUT_NANOS = 15_000_000_000L;

  /** They are not private so that {@code jmh/} can measure each by itself. */
  private interface Stage {
    @Nullable Decision apply(Call call);
  }

  /** Once a call. */
  private static final Stage[] CALL_STAGES = {
    // Route first: it names the rules that every later stage obeys.
    OutboundPipeline::route,
    // Preflight: a browser's question that is passed on is answered as the route says.
    OutboundPipeline::preflight,
    // Faults before all that could mend them, and before the clock of the call runs (Envoy).
    OutboundPipeline::delay,
    OutboundPipeline::abort,
    // Answer: a redirect or a fixed response needs no cluster.
    OutboundPipeline::answer,
    // Deadline next: it starts when the application called, and covers all attempts and waits.
    OutboundPipeline::deadline,
    // Database: its breaker counts openings, however many endpoints are tried for one.
    OutboundPipeline::database,
  };

  /** Once an attempt. */
  private static final Stage[] ATTEMPT_STAGES = {
    // Original first: hashes and sessions read what the application wrote, not what an earlier
    // attempt's route made of it.
    OutboundPipeline::original,
    // Time left: no attempt is begun that nobody waits for.
    OutboundPipeline::timeLeft,
    // Cluster before endpoint, anew for each attempt: a retry may land on the other side of a
    // split.
    OutboundPipeline::cluster,
    // Admission: limits belong to the cluster, and are kept before one of its endpoints is chosen.
    OutboundPipeline::admission,
    // Endpoint: balanced, and preferably one not tried before.
    OutboundPipeline::endpoint,
    // Identity: which TLS to use follows from the endpoint.
    OutboundPipeline::identity,
    // Breaker when all else is settled: while it is half open a leave is taken only for an attempt
    // that is made.
    OutboundPipeline::breaker,
    // Hedging: whether others may be sent beside an attempt is said before it begins.
    OutboundPipeline::hedging,
    // Message last: what is written into it may depend on all of the above.
    OutboundPipeline::message,
  };

  /**
   * Once a hedge, which is an attempt beside another: it stays on that one's side of a split.
   * Whether one is to be made at all is decided in {@link #hedge}.
   */
  private static final Stage[] HEDGE_STAGES = {
    OutboundPipeline::original,
    OutboundPipeline::timeLeft,
    OutboundPipeline::endpoint,
    OutboundPipeline::identity,
    OutboundPipeline::breaker,
    OutboundPipeline::message,
  };

  Decision next(Call call) {
    Decision decision = decide(call);
    if (decision instanceof Reply reply) {
      decision = reply = readable(call, reply);
      call.mesh.observer().replied(call, reply);
      Trail trail = call.context.trail();
      if (trail != null) {
        trail.replied(call, reply);
      }
      if (call.refused) {
        decision = told(call, reply);
      }
    }
    return decision == null ? new Attempt(call) : decision;
  }

  /** As the server would tell it: the policy is for the operator. */
  private static Reply told(Call call, Reply reply) {
    return new Refusal(Refusal.Stage.AUTHORIZATION, reply)
        .told(null, null, call.mesh.observer().traceId(call));
  }

  /** An answer of the mesh is for the same browsers as the service's own. */
  private static Reply readable(Call call, Reply reply) {
    Cors cors = call.route == null ? null : call.route.policy().cors();
    return cors == null ? reply : reply.with(cors.changes(call.request));
  }

  /** The decision itself, null for an attempt: what {@code jmh/} measures. */
  @Nullable Decision decide(Call call) {
    while (call.stage < CALL_STAGES.length) {
      Decision decision = CALL_STAGES[call.stage++].apply(call);
      if (decision != null) {
        return decision;
      }
    }
    for (Stage stage : ATTEMPT_STAGES) {
      Decision decision = stage.apply(call);
      if (decision != null) {
        return decision;
      }
    }
    call.attempts++;
    return null;
  }

  /**
   * An attempt beside one that has not answered in time; null if none is to be made. It is a retry
   * that is made early, and keeps to all that retries keep to (gRFC A6: hedges are throttled as
   * retries are).
   */
  @Nullable Attempt hedge(Call call, Attempt slow, Race race) {
    synchronized (race) {
      Cluster cluster = slow.cluster();
      Hedging hedging = cluster.policy().hedging();
      long now = call.mesh.nanoTime();
      if (hedging == null
          || !race.mayHedge(hedging)
          || !race.isNewest(slow)
          || !call.request.replayable()
          || !cluster.hasOther(slow.endpoint(), call.tried, now)
          || !cluster.admits()
          || cluster.isBroken()
          || !cluster.permitsRetry(now)) {
        return null;
      }
      remember(call, slow.endpoint());
      for (Stage stage : HEDGE_STAGES) {
        if (stage.apply(call) != null) {
          return null;
        }
      }
      call.attempts++;
      race.hedged();
      return new Attempt(call);
    }
  }

  /**
   * After each attempt: does the call go on?
   *
   * @param restNanos for which the endpoint asked not to be called; 0 if it did not
   * @param pushbackNanos after which the server wants the call repeated, see {@link RetryPushback}
   * @return {@link Attempt#DELIVER}, {@link Attempt#OTHERS}, or nanoseconds to wait before the next
   *     attempt
   */
  long afterAttempt(
      Call call,
      Attempt attempt,
      Outcome outcome,
      boolean sent,
      long restNanos,
      long pushbackNanos) {
    Race race = call.race;
    if (race == null) {
      return alone(call, attempt, outcome, sent, restNanos, pushbackNanos);
    }
    synchronized (race) {
      race.ended();
      if (pushbackNanos != RetryPushback.NONE) {
        race.stop();
      }
      boolean waits = race.isOpen() && race.othersUnderWay() && isNoAnswer(call, outcome, sent);
      if (waits || race.isLost(attempt)) {
        if (pushbackNanos == RetryPushback.NEVER) {
          call.context.retries().spend();
        }
        return Attempt.OTHERS;
      }
      long next = alone(call, attempt, outcome, sent, restNanos, pushbackNanos);
      if (next == Attempt.DELIVER) {
        race.claim(attempt);
      }
      return next;
    }
  }

  /** True of what a call may come to, but not while another attempt may do better. */
  private static boolean isNoAnswer(Call call, Outcome outcome, boolean sent) {
    return Breaker.failed(outcome)
        || policy(call).retry().applies(call.request, outcome, sent, /* attempt= */ 1);
  }

  /** After an attempt beside which no other is under way. */
  private static long alone(
      Call call,
      Attempt attempt,
      Outcome outcome,
      boolean sent,
      long restNanos,
      long pushbackNanos) {
    // Those sent ahead of an answer count as well.
    int made = call.attempts;
    RetryPolicy retry = policy(call).retry();
    RetryScope scope = call.context.retries();
    if (pushbackNanos == RetryPushback.NEVER) {
      // Who was asked has retried already, or will not be asked again: nor is the one who asks us.
      scope.spend();
      return Attempt.DELIVER;
    }
    if (!retry.applies(call.request, outcome, sent, made)) {
      if (sent && made > retry.retries() && retry.applies(call.request, outcome, true, 1)) {
        // All retries are used up.
        scope.spend();
      }
      return Attempt.DELIVER;
    }
    if (sent && scope.isRetry()) {
      // One layer retries, and it is not this one. What never left adds to nobody's load.
      return Attempt.DELIVER;
    }
    Cluster cluster = attempt.cluster();
    long delayNanos = pushbackNanos == RetryPushback.NONE ? retry.delayNanos(made) : pushbackNanos;
    if (restNanos > 0 && !cluster.hasOther(attempt.endpoint(), call.tried, call.mesh.nanoTime())) {
      // Nobody else to ask: come back when it said.
      delayNanos = Math.max(delayNanos, restNanos);
    }
    if (delayNanos >= Math.min(call.nanosLeft(), call.request.nanosLeft())) {
      return Attempt.DELIVER;
    }
    if (!cluster.permitsRetry(call.mesh.nanoTime())) {
      if (sent) {
        scope.spend();
      }
      return Attempt.DELIVER;
    }
    call.awaitRetry(cluster.load());
    remember(call, attempt.endpoint());
    return delayNanos;
  }

  /** An attempt that is a copy for a mirror; null if there is nobody, or enough, to send it to. */
  @Nullable Attempt copy(Call call, Cluster cluster) {
    long now = call.mesh.nanoTime();
    if (cluster.load().copies() >= MAX_COPIES || !cluster.admits() || cluster.isBroken()) {
      return null;
    }
    Endpoint endpoint = cluster.pick(NONE_TRIED, ThreadLocalRandom.current().nextLong(), now);
    if (endpoint == null || endpoint.asksForIdentity() && call.snapshot.identity() == null) {
      return null;
    }
    Trail trail = call.context.trail();
    if (trail != null && !trail.isAsked(endpoint)) {
      // The copy would take the token along in plaintext.
      return null;
    }
    ClientTls tls = tls(call, endpoint);
    if (tls == null && begunHere(call, endpoint) != null) {
      return null;
    }
    long timeoutNanos = Math.min(call.attemptTimeoutNanos, COPY_TIMEOUT_NANOS);
    return new Attempt(call, cluster, endpoint, tls, timeoutNanos);
  }

  private static final Endpoint[] NONE_TRIED = {};

  static @Nullable Decision route(Call call) {
    Route route = call.host.match(call.request);
    if (route == null) {
      return Reply.noRoute(
          "no route of " + call.host.name() + " matches " + call.request.path(), "route");
    }
    call.route = route;
    return null;
  }

  static @Nullable Decision preflight(Call call) {
    Cors cors = policy(call).cors();
    return cors == null ? null : cors.preflight(call.request, routeName(call));
  }

  static @Nullable Decision delay(Call call) {
    Fault fault = policy(call).fault();
    if (fault == null
        || fault.delay() == null
        || fault.isOver(call.mesh.clock())
        || !fault.delay().share().drawn()) {
      return null;
    }
    call.delayedNanos = fault.delay().nanos();
    return new Pause(fault.delay().nanos(), fault.decidedBy(routeName(call)));
  }

  static @Nullable Decision abort(Call call) {
    Fault fault = policy(call).fault();
    if (fault == null
        || fault.abort() == null
        || fault.isOver(call.mesh.clock())
        || !fault.abort().share().drawn()) {
      return null;
    }
    int status = fault.abort().status();
    int grpcStatus = fault.abort().grpcStatus();
    return new Reply(
        status,
        grpcStatus < 0 ? Reply.grpcStatusOf(status) : grpcStatus,
        "aborted on purpose by the fault of " + fault.decidedBy(routeName(call)),
        fault.decidedBy(routeName(call)));
  }

  static @Nullable Decision answer(Call call) {
    RouteAction action = Objects.requireNonNull(call.route).action();
    if (action instanceof RouteAction.Forward forward) {
      call.forward = forward;
      return null;
    }
    call.refused = action instanceof RouteAction.Refuse;
    return ((RouteAction.Answer) action)
        .to(call.request, routeName(call))
        .with(policy(call).responseHeaders());
  }

  static @Nullable Decision deadline(Call call) {
    long timeoutNanos = policy(call).timeoutNanos();
    call.deadlineNanos = timeoutNanos == 0 ? Call.NO_TIMEOUT : timeoutNanos;
    if (call.context.deadlineNanos() != CallContext.NO_DEADLINE) {
      // Whoever waits for the call on whose behalf this one is made waits no longer than that.
      // Delayed on purpose or not: what comes on top of the timeout does not on top of this.
      long callerWaits = call.context.deadlineNanos() - call.startNanos - call.delayedNanos;
      call.deadlineNanos = Math.min(call.deadlineNanos, Math.max(0, callerWaits));
    }
    return null;
  }

  static @Nullable Decision database(Call call) {
    DatabasePolicy policy = call.host.database();
    if (policy == null || policy.breaker() == null || call.request.protocol() != Protocol.TCP) {
      return null;
    }
    BreakerState breaker = call.mesh.databaseLoad(call.host.name()).breaker(policy.breaker());
    long now = call.mesh.nanoTime();
    Breaker.Permit permit = breaker.permit(now);
    if (permit != null) {
      call.opening = permit;
      return null;
    }
    return Reply.unavailable(
        "no connection to " + call.host.name() + " is opened: " + breaker.why(now), policy.name());
  }

  static @Nullable Decision original(Call call) {
    call.request.restore();
    return null;
  }

  static @Nullable Decision timeLeft(Call call) {
    long left = call.nanosLeft();
    if (left == 0) {
      String whose =
          policy(call).timeoutNanos() != 0 && policy(call).timeoutNanos() == call.deadlineNanos
              ? "request timeout of " + routeName(call)
              : "deadline of the call on whose behalf this one is made";
      return Reply.timeout(whose + " passed", routeName(call));
    }
    long attemptTimeout = policy(call).attemptTimeoutNanos();
    call.attemptTimeoutNanos = attemptTimeout == 0 ? left : Math.min(left, attemptTimeout);
    return null;
  }

  static @Nullable Decision cluster(Call call) {
    WeightedClusters clusters = Objects.requireNonNull(call.forward).clusters();
    String session = session(call);
    WeightedClusters.Target target =
        session == null ? clusters.pick() : clusters.pick(session, call.tried);
    call.target = target;
    return target.absentStatus() == 0 ? null : absent(call, target);
  }

  private static Reply absent(Call call, WeightedClusters.Target target) {
    String policy = target.refusedBy();
    if (policy != null) {
      call.refused = true;
      return new RouteAction.Refuse(policy).to(call.request, policy);
    }
    return notThere(call, target);
  }

  /** UNAVAILABLE to gRPC, whatever the status (Gateway API GRPCRouteRule.backendRefs). */
  private static Reply notThere(Call call, WeightedClusters.Target target) {
    return new Reply(
        target.absentStatus(),
        Reply.GRPC_UNAVAILABLE,
        routeName(call) + " leads to " + target.cluster().name() + ", which there is not",
        routeName(call));
  }

  static @Nullable Decision admission(Call call) {
    Cluster cluster = Objects.requireNonNull(call.target).cluster();
    if (cluster.admits()) {
      return null;
    }
    call.context.retries().spend();
    ClusterPolicy policy = cluster.policy();
    return Reply.unavailable(
        policy.limits().maxRequests() + " calls to " + cluster.name() + " are in flight, its limit",
        policy.name() == null ? "admission" : policy.name());
  }

  static @Nullable Decision endpoint(Call call) {
    Cluster cluster = Objects.requireNonNull(call.target).cluster();
    long now = call.pickedNanos = call.mesh.nanoTime();
    Endpoint endpoint = sessionEndpoint(call, cluster);
    if (endpoint == null) {
      endpoint = cluster.pick(call.tried, hash(call, cluster), now);
    }
    if (endpoint == null) {
      String why = cluster.endpoints().isEmpty() ? "" : ": all were ejected after errors";
      return Reply.unavailable(
          "no endpoint of " + cluster.name() + " to send to" + why, Reply.BY_ENDPOINT);
    }
    call.endpoint = endpoint;
    if (call.attempts == 0) {
      cluster.called(now);
    }
    return null;
  }

  private static @Nullable Endpoint sessionEndpoint(Call call, Cluster cluster) {
    String session = session(call);
    return session == null ? null : cluster.pickSession(session, call.tried);
  }

  private static @Nullable String session(Call call) {
    SessionPersistence persistence = policy(call).persistence();
    return persistence == null ? null : persistence.session(call.request);
  }

  private static long hash(Call call, Cluster cluster) {
    long random = ThreadLocalRandom.current().nextLong();
    return Balancing.byHash(cluster.policy().balancing())
        ? HashPolicy.hash(policy(call).hashPolicies(), call.request, random)
        : random;
  }

  static @Nullable Decision identity(Call call) {
    Endpoint endpoint = Objects.requireNonNull(call.endpoint);
    if (endpoint.asksForIdentity() && call.snapshot.identity() == null) {
      // Fails closed: the endpoint asks for an identity and we have none to prove.
      return Reply.unavailable(
          "no certificate yet for a call to "
              + (endpoint.originated() == null
                  ? endpoint.identity()
                  : endpoint.originated().expected())
              + ", which needs mutual TLS",
          Reply.BY_IDENTITY);
    }
    call.tls = tls(call, endpoint);
    OriginatedTls begun = begunHere(call, endpoint);
    // Fails closed: without what TLS is made of, plaintext would be all that is left.
    return begun == null || call.tls != null ? null : unusable(begun);
  }

  private static @Nullable ClientTls tls(Call call, Endpoint endpoint) {
    return endpoint.originated() != null && begunHere(call, endpoint) == null
        ? null
        : endpoint.tls(call.snapshot.identity());
  }

  /** Whoever writes https speaks TLS to the outside himself, and checks it as he likes. */
  private static @Nullable OriginatedTls begunHere(Call call, Endpoint endpoint) {
    return call.request.scheme().equals("https") ? null : endpoint.originated();
  }

  private static Reply unusable(OriginatedTls originated) {
    return Reply.unavailable(
        "no TLS to " + originated.expected() + ": " + originated.problem(), Reply.BY_IDENTITY);
  }

  static @Nullable Decision breaker(Call call) {
    Cluster cluster = Objects.requireNonNull(call.target).cluster();
    long now = call.pickedNanos; // A clock costs as much as a whole stage.
    Breaker.Permit permit = cluster.permit(now);
    if (permit != null) {
      call.permit = permit;
      return null;
    }
    call.context.retries().spend();
    BreakerState breaker = cluster.load().breaker();
    Breaker policy = cluster.policy().breaker();
    return Reply.unavailable(
        "calls to "
            + cluster.name()
            + " are not made: "
            + (breaker == null ? "its breaker is open" : breaker.why(now)),
        policy == null ? "breaker" : policy.name());
  }

  static @Nullable Decision hedging(Call call) {
    if (Objects.requireNonNull(call.target).cluster().policy().hedging() != null
        && call.race == null
        && mayBeHedged(call)) {
      call.race = new Race();
    }
    return null;
  }

  /**
   * True if the call may be made twice although neither failed. gRPC has no word for that, so its
   * calls are hedged if a policy says so (gRFC A6). Calls on behalf of a retry are repeated
   * nowhere, and those of a session belong to one endpoint.
   */
  private static boolean mayBeHedged(Call call) {
    return call.request.replayable()
        && !call.context.retries().isRetry()
        && policy(call).persistence() == null
        && switch (call.request.protocol()) {
          case HTTP -> HttpMethods.isIdempotent(call.request.method());
          case GRPC -> true;
          case TCP -> false;
        };
  }

  static @Nullable Decision message(Call call) {
    OutboundRequest request = call.request;
    RouteAction.Forward forward = Objects.requireNonNull(call.forward);
    if (forward.rewrite() != null) {
      forward.rewrite().apply(request);
    }
    // The most specific first, as Envoy has it: what the route says wins over its target.
    Objects.requireNonNull(call.target).requestHeaders().apply(request);
    policy(call).requestHeaders().apply(request);
    int attempt = Math.max(call.attempts + 1, call.context.retries().attempt());
    if (attempt > 1) {
      request.setHeader(RetryScope.ATTEMPT_HEADER, Integer.toString(attempt));
    }
    if (call.attemptTimeoutNanos != Call.NO_TIMEOUT && request.protocol() == Protocol.HTTP) {
      long millis = TimeUnit.NANOSECONDS.toMillis(call.attemptTimeoutNanos);
      request.setHeader(EXPECTED_TIMEOUT_HEADER, Long.toString(Math.max(1, millis)));
    }
    Trail trail = call.context.trail();
    if (trail != null) {
      trail.passOn(request, Objects.requireNonNull(call.endpoint));
    }
    return null;
  }

  private static RoutePolicy policy(Call call) {
    return Objects.requireNonNull(call.route).policy();
  }

  private static String routeName(Call call) {
    return Objects.requireNonNull(call.route).name();
  }

  private static void remember(Call call, Endpoint endpoint) {
    call.tried = Arrays.copyOf(call.tried, call.tried.length + 1);
    call.tried[call.tried.length - 1] = endpoint;
  }
}
