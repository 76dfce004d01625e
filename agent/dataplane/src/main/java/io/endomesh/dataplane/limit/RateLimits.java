package io.endomesh.dataplane.limit;

import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Request;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one port (Envoy {@code LocalRateLimit}). A call must be let through by each limit
 * that counts it; one that is refused has taken nothing from any. Immutable but for the buckets.
 *
 * @param counted in order
 */
public record RateLimits(List<Counted> counted) {

  public static final RateLimits NONE = new RateLimits(List.of());

  /** A limit with its state. */
  public record Counted(RateLimit limit, Buckets buckets) {

    boolean counts(Request request, @Nullable String caller, @Nullable String remoteAddress) {
      return limit.match().matches(request, caller, remoteAddress);
    }

    long take(Request request, @Nullable String caller, long now) {
      return buckets.take(limit.key().of(request, caller), now);
    }

    void giveBack(Request request, @Nullable String caller, long now) {
      buckets.giveBack(limit.key().of(request, caller), now);
    }
  }

  public RateLimits {
    counted = List.copyOf(counted);
  }

  public boolean isEmpty() {
    return counted.isEmpty();
  }

  /**
   * @param caller SPIFFE id, null if none was proved
   * @param now on the mesh's clock
   * @return the refusal, naming the policy that decided, or null
   */
  public @Nullable Reply check(
      Request request, @Nullable String caller, @Nullable String remoteAddress, long now) {
    for (int i = 0; i < counted.size(); i++) {
      Counted one = counted.get(i);
      if (one.counts(request, caller, remoteAddress)) {
        long waitNanos = one.take(request, caller, now);
        if (waitNanos > 0) {
          giveBackBefore(i, request, caller, remoteAddress, now);
          return refuse(one.limit(), request, caller, waitNanos);
        }
      }
    }
    return null;
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

  /**
   * In the words of each protocol: Retry-After (RFC 9110, 10.2.3) with Envoy's {@code
   * x-ratelimit-*} (draft-polli-ratelimit-headers-03), or gRPC's pushback (gRFC A6).
   */
  private static Reply refuse(
      RateLimit limit, Request request, @Nullable String caller, long waitNanos) {
    String message =
        (caller == null ? "a caller without identity" : caller)
            + " is over the limit "
            + limit.name()
            + " of "
            + limit.policy()
            + " ("
            + limit.rate()
            + "): "
            + request.method()
            + " "
            + request.path();
    if (request.protocol() == Protocol.GRPC) {
      String millis = Long.toString(ceil(waitNanos, TimeUnit.MILLISECONDS));
      return Reply.tooMany(
          message, limit.policy(), List.of(new Reply.Header("grpc-retry-pushback-ms", millis)));
    }
    String seconds = Long.toString(ceil(waitNanos, TimeUnit.SECONDS));
    return Reply.tooMany(
        message,
        limit.policy(),
        List.of(
            new Reply.Header("retry-after", seconds),
            new Reply.Header("x-ratelimit-limit", Integer.toString(limit.rate().burst())),
            new Reply.Header("x-ratelimit-remaining", "0"),
            new Reply.Header("x-ratelimit-reset", seconds)));
  }

  /** Rounded up: whoever comes back on time must not be refused again. */
  private static long ceil(long nanos, TimeUnit unit) {
    long one = unit.toNanos(1);
    return nanos / one + (nanos % one == 0 ? 0 : 1);
  }
}
