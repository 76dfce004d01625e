package io.endomesh.dataplane;

import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.Route;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The path of an outgoing call, stage by stage. This is the one place that shows it.
 *
 * <p>A stage fills in its part of the {@link Call} and returns null to go on, or a {@link Reply}
 * that ends the call here. Stages read the snapshot the call began with, so that a call never sees
 * half of a configuration change. Stateless; allocates nothing but the {@link Attempt}.
 */
final class OutboundPipeline {

  private interface Stage {
    @Nullable Reply apply(Call call);
  }

  /** Once a call. */
  private static final Stage[] CALL_STAGES = {
    // Route first: it names the rules that every later stage obeys.
    OutboundPipeline::route,
    // Deadline next: it starts when the application called, and covers all attempts and waits.
    OutboundPipeline::deadline,
  };

  /** Once an attempt. */
  private static final Stage[] ATTEMPT_STAGES = {
    // Time left: no attempt is begun that nobody waits for.
    OutboundPipeline::timeLeft,
    // Cluster before endpoint, anew for each attempt: a retry may land on the other side of a
    // split.
    OutboundPipeline::cluster,
    // Endpoint: balanced, and preferably one not tried before.
    OutboundPipeline::endpoint,
    // Identity last: which TLS to use follows from the endpoint.
    OutboundPipeline::identity,
  };

  Decision next(Call call) {
    Reply reply = decide(call);
    if (reply != null) {
      call.mesh.observer().replied(call, reply);
      return reply;
    }
    return new Attempt(call);
  }

  /** The decision itself, without the attempt that follows: what {@code jmh/} measures. */
  @Nullable Reply decide(Call call) {
    if (call.attempts == 0) {
      Reply reply = run(CALL_STAGES, call);
      if (reply != null) {
        return reply;
      }
    }
    Reply reply = run(ATTEMPT_STAGES, call);
    if (reply == null) {
      call.attempts++;
    }
    return reply;
  }

  /**
   * After each attempt: does the call go on?
   *
   * @return {@link Attempt#DELIVER} or nanoseconds to wait before the next attempt
   */
  long afterAttempt(Call call, Attempt attempt, Outcome outcome, boolean sent) {
    RetryPolicy retry = Objects.requireNonNull(call.route).retry();
    if (!retry.applies(call.request, outcome, sent, attempt.number())) {
      return Attempt.DELIVER;
    }
    long delayNanos = retry.delayNanos(attempt.number());
    if (delayNanos >= call.nanosLeft() || !attempt.cluster().budget().permitsRetry()) {
      return Attempt.DELIVER;
    }
    remember(call, attempt.endpoint());
    return delayNanos;
  }

  private static @Nullable Reply run(Stage[] stages, Call call) {
    for (Stage stage : stages) {
      Reply reply = stage.apply(call);
      if (reply != null) {
        return reply;
      }
    }
    return null;
  }

  private static @Nullable Reply route(Call call) {
    Route route = call.host.match(call.request);
    if (route == null) {
      return Reply.noRoute(
          "no route of " + call.host.name() + " matches " + call.request.path(), "route");
    }
    call.route = route;
    return null;
  }

  private static @Nullable Reply deadline(Call call) {
    long timeoutNanos = Objects.requireNonNull(call.route).timeoutNanos();
    call.deadlineNanos = timeoutNanos == 0 ? Call.NO_TIMEOUT : timeoutNanos;
    return null;
  }

  private static @Nullable Reply timeLeft(Call call) {
    Route route = Objects.requireNonNull(call.route);
    long left = call.nanosLeft();
    if (left == 0) {
      return Reply.timeout("request timeout of " + route.name() + " passed", route.name());
    }
    long attemptTimeout = route.attemptTimeoutNanos();
    call.attemptTimeoutNanos = attemptTimeout == 0 ? left : Math.min(left, attemptTimeout);
    return null;
  }

  private static @Nullable Reply cluster(Call call) {
    call.cluster = Objects.requireNonNull(call.route).clusters().pick();
    return null;
  }

  private static @Nullable Reply endpoint(Call call) {
    Endpoint endpoint = Objects.requireNonNull(call.cluster).pick(call.tried, call.mesh.nanoTime());
    if (endpoint == null) {
      return Reply.unavailable(
          "no endpoint of " + Objects.requireNonNull(call.cluster).name() + " to send to",
          "endpoint");
    }
    call.endpoint = endpoint;
    return null;
  }

  private static @Nullable Reply identity(Call call) {
    Endpoint endpoint = Objects.requireNonNull(call.endpoint);
    if (endpoint.identity() == null) {
      call.tls = null;
      return null;
    }
    if (call.snapshot.identity() == null) {
      // Fails closed: the endpoint asks for an identity and we have none to prove.
      return Reply.unavailable(
          "no certificate yet for a call to " + endpoint.identity() + ", which needs mutual TLS",
          "identity");
    }
    call.tls = call.snapshot.identity().clientTls(endpoint.identity());
    return null;
  }

  private static void remember(Call call, Endpoint endpoint) {
    call.tried = Arrays.copyOf(call.tried, call.tried.length + 1);
    call.tried[call.tried.length - 1] = endpoint;
  }
}
