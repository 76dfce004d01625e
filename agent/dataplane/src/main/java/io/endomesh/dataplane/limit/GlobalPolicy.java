package io.endomesh.dataplane.limit;

import io.endomesh.dataplane.Request;
import io.endomesh.dataplane.authorize.Condition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy whose limits count over all instances of a service (Envoy {@code
 * extensions.filters.http.ratelimit.v3.RateLimit}). Immutable; what is known of keys is in {@link
 * GlobalLimits}.
 *
 * @param name {@code RateLimitPolicy/shop/orders}
 * @param server that is asked
 * @param domain under which the server knows the limits
 * @param timeoutNanos how long a call waits for the answer
 * @param deny if a call is refused for which there is none ({@code failure_mode_deny})
 * @param statusOnError HTTP status of that refusal ({@code status_on_error})
 */
public record GlobalPolicy(
    String name,
    Server server,
    String domain,
    long timeoutNanos,
    boolean deny,
    int statusOnError,
    List<Limit> limits) {

  /**
   * The cluster of the controller: what an Envoy has to call it in its bootstrap. It is asked over
   * the connection that is there.
   */
  public static final String CONTROLLER = "endomesh-controller";

  /** Envoy's, of {@code timeout}. */
  public static final long DEFAULT_TIMEOUT_NANOS = 20_000_000;

  /** Envoy's, of {@code status_on_error}. */
  public static final int DEFAULT_STATUS_ON_ERROR = 500;

  public GlobalPolicy {
    limits = List.copyOf(limits);
  }

  /** How much a limit lets through, as far as it is known here, and who counts. */
  public String words(Limit limit) {
    String all = limit.rate().isEmpty() ? "of all instances" : limit.rate() + ", of all instances";
    return server.isController() ? all : all + ", counted by " + server.authority();
  }

  /**
   * Whom to ask (Envoy {@code GrpcService.EnvoyGrpc}).
   *
   * @param cluster {@link #CONTROLLER}, or one whose endpoints are limit servers
   * @param authority of the questions, such as {@code ratelimit.infra:8081}
   */
  public record Server(String cluster, String authority) {

    public boolean isController() {
      return cluster.equals(CONTROLLER);
    }
  }

  /**
   * One limit (an entry of Envoy's {@code RateLimitPerRoute.rate_limits}).
   *
   * @param name in its policy
   * @param match the calls it counts
   * @param entries the description of such a call; that of the key has no value here
   * @param keyPlace of the key in {@code entries}; -1 if there is none
   * @param rate as messages say it; empty if only the server knows. Another rate is another limit:
   *     what was known of its keys is known no more.
   */
  public record Limit(
      String name,
      Condition match,
      LimitKey key,
      List<Descriptor.Entry> entries,
      int keyPlace,
      String rate) {

    public Limit {
      // As in RateLimit: sending a header twice is no way around.
      match = match.ofSeveral(/* suspicious= */ true);
      entries = List.copyOf(entries);
    }

    /**
     * @param value of the key; null if the call has none, which then is not described by it
     */
    Descriptor describe(@Nullable String value) {
      if (keyPlace < 0) {
        return new Descriptor(entries);
      }
      List<Descriptor.Entry> described = new ArrayList<>(entries);
      Descriptor.Entry keyed = described.remove(keyPlace);
      if (value != null) {
        described.add(keyPlace, new Descriptor.Entry(keyed.key(), value));
      }
      return new Descriptor(described);
    }

    boolean counts(Request request, @Nullable String caller, @Nullable String remoteAddress) {
      return match.matches(request, caller, remoteAddress);
    }
  }
}
