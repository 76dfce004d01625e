package io.endomesh.controller.kinds;

import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.Rate;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How many calls a service takes: each workload of it, or all of them together. A kind of our own:
 * Gateway API, Istio and SMI have none for it. Immutable.
 *
 * @param services of its own namespace
 * @param global null if each workload counts by itself
 */
public record RateLimitPolicy(
    Metadata metadata, List<String> services, List<Limit> limits, @Nullable Global global)
    implements MeshResource {

  /** A call is compared with each; as Gateway API bounds the rules of a route. */
  private static final int MAX_LIMITS = 16;

  /** A million calls in 50 ms are more than any JVM serves. */
  private static final int MAX_REQUESTS = 1_000_000;

  /** Envoy's bound on {@code fill_interval}. */
  private static final long MIN_PER_NANOS = 50_000_000;

  /** Of RFC 1123, as Gateway API names sections. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  /**
   * @param name within the policy
   * @param match by an exact path or a prefix, method and headers
   * @param rate null where another server than the controller counts, and says it
   */
  public record Limit(String name, HttpRoute.Match match, @Nullable Rate rate, LimitKey key) {}

  /** Who counts, in the words of the resource. */
  private enum Scope {
    Instance,
    Global
  }

  /**
   * How calls of all workloads are counted together (Envoy's RateLimit filter).
   *
   * @param timeoutNanos how long a call waits for the answer
   * @param failClosed if a call without an answer is refused
   * @param server null for the controller
   */
  public record Global(long timeoutNanos, boolean failClosed, @Nullable Server server) {}

  /**
   * Another server than the controller that speaks Envoy's rate limit service.
   *
   * @param host in lower case: a service of the mesh, or a host of a ServiceEntry
   * @param domain under which it knows the limits
   */
  public record Server(String host, int port, String domain) {}

  /** No call is to wait longer for being counted; a second is an outage already. */
  private static final long MAX_TIMEOUT_NANOS = 1_000_000_000;

  private static final long MIN_TIMEOUT_NANOS = 1_000_000;

  /** Keys without a parameter, in the words of the resource. */
  private enum KeyWord {
    none,
    caller
  }

  public RateLimitPolicy {
    services = List.copyOf(services);
    limits = List.copyOf(limits);
  }

  static RateLimitPolicy read(Metadata metadata, Fields spec) {
    List<String> services = TargetRefs.services(spec);
    Global global = global(metadata, spec);
    boolean counted = global == null || global.server() == null;
    Set<String> names = new HashSet<>();
    List<Limit> limits = spec.objects("limits", fields -> limit(fields, names, counted));
    if (limits.isEmpty() || limits.size() > MAX_LIMITS) {
      throw spec.invalid("limits", limits.size() + " limits (expected: 1 to " + MAX_LIMITS + ")");
    }
    return new RateLimitPolicy(metadata, services, limits, global);
  }

  private static @Nullable Global global(Metadata metadata, Fields spec) {
    if (spec.oneOf("scope", Scope.class, Scope.Instance) == Scope.Instance) {
      for (String field : List.of("timeout", "failClosed", "server")) {
        if (spec.has(field)) {
          throw spec.invalid(field, "without a server to ask (expected: only with scope: Global)");
        }
      }
      return null;
    }
    Long timeout = spec.durationNanos("timeout");
    if (timeout != null && (timeout < MIN_TIMEOUT_NANOS || timeout > MAX_TIMEOUT_NANOS)) {
      throw spec.invalid(
          "timeout",
          "'" + spec.string("timeout") + "' (expected: 1ms to 1s; a call waits that long)");
    }
    return new Global(
        timeout == null ? GlobalPolicy.DEFAULT_TIMEOUT_NANOS : timeout,
        spec.bool("failClosed", false),
        server(metadata, spec));
  }

  private static @Nullable Server server(Metadata metadata, Fields spec) {
    Fields server = spec.optionalObject("server");
    if (server == null) {
      return null;
    }
    String host = server.string("host").toLowerCase(Locale.ROOT);
    if (!HostNames.isName(host)) {
      throw server.invalid(
          "host", "'" + host + "' (expected: a service, or a host of a ServiceEntry)");
    }
    int port = server.integer("port", 1, MAX_PORT);
    String name = "RateLimitPolicy/" + metadata.namespace() + "/" + metadata.name();
    String domain = server.string("domain", name);
    if (!DOMAIN.matcher(domain).matches()) {
      throw server.invalid(
          "domain", "'" + domain + "' (expected: 1 to 253 printable characters, without spaces)");
    }
    server.rejectUnknown();
    return new Server(host, port, domain);
  }

  private static final int MAX_PORT = 65_535;

  /** Envoy takes any; this is what can be told apart in a server's configuration. */
  private static final Pattern DOMAIN = Pattern.compile("[!-~]{1,253}");

  /**
   * @param counted if the controller or a workload counts it
   */
  private static Limit limit(Fields fields, Set<String> names, boolean counted) {
    String name = fields.string("name");
    if (!NAME.matcher(name).matches()) {
      throw fields.invalid("name", "'" + name + "' (expected: lower-case letters, digits and '-')");
    }
    if (!names.add(name)) {
      throw fields.invalid("name", "'" + name + "' (expected: another than those before)");
    }
    if (!counted) {
      for (String field : List.of("requests", "per", "burst")) {
        if (fields.has(field)) {
          throw fields.invalid(
              field, "beside server (expected: absent; the configuration of that server says it)");
        }
      }
    }
    return new Limit(name, match(fields), counted ? rate(fields) : null, key(fields));
  }

  private static Rate rate(Fields fields) {
    int requests = fields.integer("requests", 1, MAX_REQUESTS);
    int burst = fields.integer("burst", 1, MAX_REQUESTS, requests);
    Long per = fields.durationNanos("per");
    if (per == null || per < MIN_PER_NANOS) {
      throw fields.invalid(
          "per",
          (per == null ? "absent" : "'" + fields.string("per") + "'")
              + " (expected: a duration from 50ms, such as 1s)");
    }
    try {
      return new Rate(requests, per, burst);
    } catch (IllegalArgumentException e) {
      throw fields.invalid("burst", String.valueOf(e.getMessage()));
    }
  }

  private static LimitKey key(Fields fields) {
    if (!fields.has("key") || fields.isText("key")) {
      return switch (fields.oneOf("key", KeyWord.class, KeyWord.none)) {
        case none -> new LimitKey.None();
        case caller -> new LimitKey.Caller();
      };
    }
    Fields key = fields.object("key");
    String header = HeaderNames.read(key, "header", key.string("header"));
    key.rejectUnknown();
    return new LimitKey.Header(header);
  }

  private static HttpRoute.Match match(Fields fields) {
    Fields match = fields.optionalObject("match");
    if (match == null) {
      return HttpRoute.Match.ANY;
    }
    match.unsupported("queryParams");
    HttpRoute.Match result = HttpRoute.match(match);
    match.rejectUnknown();
    HttpRoute.Path path = result.path();
    boolean plain = path.value().chars().noneMatch(c -> c == '?' || c == '#' || c == '\\');
    if (path.type() == HttpRoute.PathType.RegularExpression || !plain) {
      throw match.invalid(
          "path",
          path.type()
              + " '"
              + path.value()
              + "' (expected: an Exact path or a PathPrefix, without query)");
    }
    return result;
  }
}
