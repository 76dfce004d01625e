package io.endomesh.dataplane.limit;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Request;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a server from taking more calls at a time than it can answer in time, and turns away the
 * least urgent first. Immutable but for the limit.
 *
 * @param policy {@code OverloadPolicy/shop/orders}
 */
public record Overload(String policy, Urgency urgency, GradientLimit limit) {

  /**
   * A policy before it is put together with its state. What must stay the same for the state to
   * live on is policy and settings.
   */
  public record Rules(String policy, Urgency urgency, Concurrency settings) {

    public State state() {
      return new State(policy, settings);
    }
  }

  /** What the state of a policy belongs to. */
  public record State(String policy, Concurrency settings) {}

  /**
   * Begins a call.
   *
   * @param caller SPIFFE id, null if none was proved
   * @return the refusal; null if the call runs, which {@link #end} has to follow
   */
  public @Nullable Reply begin(Request request, @Nullable String caller) {
    int urgent = urgency.of(request, caller);
    if (limit.tryBegin(Urgency.allowance(urgent))) {
      return null;
    }
    return Reply.unavailable(
        limit.running()
            + " calls are running, of "
            + limit.limit()
            + " that "
            + policy
            + " lets run at the moment; a call of urgency "
            + urgent
            + " is turned away: "
            + request.method()
            + " "
            + request.path(),
        policy);
  }

  /**
   * Percent of the limit that calls like this one may fill, for {@link #end}: when a call ends its
   * headers may be gone.
   */
  public int allowance(Request request, @Nullable String caller) {
    return Urgency.allowance(urgency.of(request, caller));
  }

  /** The call ended. */
  public void end(int allowance, long startNanos, long now) {
    limit.end(allowance, startNanos, now);
  }
}
