package io.endomesh.dataplane.limit;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Request;
import io.endomesh.dataplane.limit.LimitServer.Answer;
import io.endomesh.dataplane.limit.LimitServer.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a {@link GlobalPolicy} with whom to ask and what is known. A call is described once
 * for each limit that counts it and the server is asked about all of them at once; a key that it
 * said is over its limit is not asked about again until that ends. Thread-safe; a call that no
 * limit counts costs nothing but the comparison.
 */
public final class GlobalLimits {

  private final GlobalPolicy policy;
  private final LimitServer server;

  /** One for each limit. */
  private final List<OverLimits> known;

  public GlobalLimits(GlobalPolicy policy, LimitServer server) {
    this.policy = policy;
    this.server = server;
    this.known = policy.limits().stream().map(limit -> new OverLimits()).toList();
  }

  public GlobalPolicy policy() {
    return policy;
  }

  /**
   * @param caller SPIFFE id, null if none was proved
   * @param clock of the mesh
   * @return the refusal, or null
   */
  @Nullable Reply check(
      Request request,
      @Nullable String caller,
      @Nullable String remoteAddress,
      LongSupplier clock) {
    List<GlobalPolicy.Limit> limits = policy.limits();
    List<Integer> counting = null;
    for (int i = 0; i < limits.size(); i++) {
      GlobalPolicy.Limit limit = limits.get(i);
      if (limit.counts(request, caller, remoteAddress)) {
        OverLimits.Over over = known.get(i).of(limit.key().of(request, caller), clock.getAsLong());
        if (over != null) {
          long wait = Math.max(1, over.resetAt() - clock.getAsLong());
          Status status = new Status(true, over.requests(), wait);
          return refuse(limit, request, caller, status, List.of());
        }
        counting = counting == null ? new ArrayList<>(limits.size()) : counting;
        counting.add(i);
      }
    }
    return counting == null ? null : ask(counting, request, caller, clock);
  }

  private @Nullable Reply ask(
      List<Integer> counting, Request request, @Nullable String caller, LongSupplier clock) {
    List<Descriptor> descriptors = new ArrayList<>(counting.size());
    for (int place : counting) {
      GlobalPolicy.Limit limit = policy.limits().get(place);
      descriptors.add(limit.describe(limit.key().of(request, caller)));
    }
    Answer answer = answer(new LimitServer.Question(policy.domain(), descriptors));
    if (answer == null) {
      return policy.deny() ? unanswered(request) : null;
    }
    return answer.over() ? over(answer, counting, request, caller, clock.getAsLong()) : null;
  }

  /** A fault of ours is no answer: what then happens is the policy's choice. */
  private @Nullable Answer answer(LimitServer.Question question) {
    try {
      return server.ask(question, policy.timeoutNanos());
    } catch (RuntimeException fault) {
      return null;
    }
  }

  /** Remembers all that are over, and names the one that has to wait longest. */
  private Reply over(
      Answer answer, List<Integer> counting, Request request, @Nullable String caller, long now) {
    GlobalPolicy.Limit longest = policy.limits().get(counting.get(0));
    Status status = new Status(true, 0, 0);
    for (int i = 0; i < counting.size() && i < answer.statuses().size(); i++) {
      Status each = answer.statuses().get(i);
      if (!each.over()) {
        continue;
      }
      GlobalPolicy.Limit limit = policy.limits().get(counting.get(i));
      if (each.resetNanos() > 0) {
        known.get(counting.get(i)).add(limit.key().of(request, caller), each, now);
      }
      if (each.resetNanos() >= status.resetNanos()) {
        longest = limit;
        status = each;
      }
    }
    return refuse(longest, request, caller, status, answer.headers());
  }

  /** Marked as Envoy's filter marks it, so that an Envoy that called does not retry. */
  private Reply refuse(
      GlobalPolicy.Limit limit,
      Request request,
      @Nullable String caller,
      Status status,
      List<Reply.Header> serversOwn) {
    Reply refusal =
        OverLimit.refusal(
            request,
            caller,
            policy.name(),
            limit.name(),
            policy.words(limit),
            status.requests(),
            status.resetNanos());
    List<Reply.Header> headers = new ArrayList<>(refusal.headers());
    headers.add(RATE_LIMITED);
    headers.addAll(serversOwn);
    return new Reply(
        refusal.status(), refusal.grpcStatus(), refusal.message(), refusal.decidedBy(), headers);
  }

  private static final Reply.Header RATE_LIMITED = new Reply.Header("x-envoy-ratelimited", "true");

  private Reply unanswered(Request request) {
    return Reply.ofStatus(
        policy.statusOnError(),
        "refused, because "
            + (policy.server().isController()
                ? "the limit server"
                : "the limit server " + policy.server().authority())
            + " of "
            + policy.name()
            + " gave no answer in "
            + TimeUnit.NANOSECONDS.toMillis(policy.timeoutNanos())
            + " ms, and the policy fails closed: "
            + request.method()
            + " "
            + request.path(),
        policy.name(),
        List.of());
  }
}
