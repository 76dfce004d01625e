package io.endomesh.dataplane.limit;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Request;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one port (Envoy {@code LocalRateLimit} and {@code RateLimit}). A call must be let
 * through by each limit that counts it; one that is refused has taken nothing from any, but for
 * policies that were asked before of a server. Immutable but for the buckets.
 *
 * @param counted by this workload for itself, in order
 * @param global counted over all instances: asked about last, because asking takes time
 */
public record RateLimits(List<Counted> counted, List<GlobalLimits> global) {

  public static final RateLimits NONE = new RateLimits(List.of());

  /** Without those that count over all instances. */
  public RateLimits(List<Counted> counted) {
    this(counted, List.of());
  }

  /** A limit with its state. */
  public record Counted(RateLimit limit, Buckets buckets) {

    boolean counts(Request request, @Nullable String caller, @Nullable String remoteAddress) {
      return limit.match().matches(request, caller, remoteAddress);
    }

    long take(Request request, @Nullable String caller, long now) {
      return buckets.take(limit.key().of(request, caller), now);
    }

    void giveBack(Request request, @Nullable String caller, long now) {
      buckets.giveBack(limit.key().of(request, caller), 1, now);
    }
  }

  public RateLimits {
    counted = List.copyOf(counted);
    global = List.copyOf(global);
  }

  public boolean isEmpty() {
    return counted.isEmpty() && global.isEmpty();
  }

  /**
   * @param caller SPIFFE id, null if none was proved
   * @param clock of the mesh
   * @return the refusal, naming the policy that decided, or null
   */
  public @Nullable Reply check(
      Request request,
      @Nullable String caller,
      @Nullable String remoteAddress,
      LongSupplier clock) {
    long now = clock.getAsLong();
    for (int i = 0; i < counted.size(); i++) {
      Counted one = counted.get(i);
      if (one.counts(request, caller, remoteAddress)) {
        long waitNanos = one.take(request, caller, now);
        if (waitNanos > 0) {
          giveBackBefore(i, request, caller, remoteAddress, now);
          RateLimit limit = one.limit();
          return OverLimit.refusal(
              request,
              caller,
              limit.policy(),
              limit.name(),
              limit.rate().toString(),
              limit.rate().burst(),
              waitNanos);
        }
      }
    }
    for (int i = 0; i < global.size(); i++) {
      Reply refusal = global.get(i).check(request, caller, remoteAddress, clock);
      if (refusal != null) {
        giveBackBefore(counted.size(), request, caller, remoteAddress, now);
        return refusal;
      }
    }
    return null;
  }

  /**
   * A call that was let through does not run after all: it has taken nothing. What a server counted
   * stays counted.
   */
  public void giveBack(
      Request request,
      @Nullable String caller,
      @Nullable String remoteAddress,
      LongSupplier clock) {
    giveBackBefore(counted.size(), request, caller, remoteAddress, clock.getAsLong());
  }

  private void giveBackBefore(
      int end, Request request, @Nullable String caller, @Nullable String remoteAddress, long now) {
    for (int i = 0; i < end; i++) {
      Counted one = counted.get(i);
      if (one.counts(request, caller, remoteAddress)) {
        one.giveBack(request, caller, now);
      }
    }
  }
}
