package io.endomesh.controller.access;

import com.linecorp.armeria.common.HttpMethod;
import io.endomesh.controller.access.Need.Where;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What each route of the controller asks of its callers: the one table of it. A route that is not
 * in it is served to nobody. Immutable.
 */
final class RouteRights {

  private static final String ANY_METHOD = "*";

  private static final Map<String, Need> TABLE = new TreeMap<>();

  static {
    // Who calls these has nothing yet but a ticket, a password, or nothing to hide.
    put(ANY_METHOD, "/*", Need.ANYBODY);
    put(ANY_METHOD, "/healthz", Need.ANYBODY);
    put("GET", "/readyz", Need.ANYBODY);
    put(ANY_METHOD, "/download/endomesh-agent.jar", Need.ANYBODY);
    // Partners prove nothing to us; what they read is public.
    put("GET", "/spiffe/bundle", Need.ANYBODY);
    put("GET", "/login", Need.ANYBODY);
    put("POST", "/login", Need.ANYBODY);
    put("POST", "/logout", Need.ANYBODY);
    put("POST", "/setup", Need.ANYBODY);
    // What comes from a provider is believed as far as the cookie and the token go.
    put("GET", "/oidc/login", Need.ANYBODY);
    put("GET", "/oidc/callback", Need.ANYBODY);
    put("GET", "/oidc/provider", Need.ANYBODY);

    put(ANY_METHOD, "/v1/metrics", Need.WORKLOAD);
    put(ANY_METHOD, "/v1/traces", Need.WORKLOAD);
    for (String method :
        List.of(
            "envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources",
            "envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources",
            "envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit",
            "istio.v1.auth.IstioCertificateService/CreateCertificate",
            "endomesh.v1.WorkloadService/Join")) {
      put(ANY_METHOD, "/" + method, Need.WORKLOAD);
    }

    put("GET", "/metrics", Need.of(Right.READ));
    get("status", Need.of(Right.READ));
    get("events", Need.of(Right.READ));
    get("services", Need.of(Right.READ));
    get("workloads", Need.of(Right.READ));
    get("workloads/:namespace/:instance/config", Need.of(Right.READ, Where.PATH));
    get("graph", Need.of(Right.READ));
    get("series", Need.of(Right.READ));
    get("traces", Need.of(Right.READ));
    get("traces/:id", Need.of(Right.READ));
    get("causes", Need.of(Right.READ));
    get("refusals", Need.of(Right.READ));
    get("tap", Need.of(Right.TAP));
    get("access-records", Need.of(Right.TAP));
    get("onboarding", Need.of(Right.READ));
    get("history", Need.of(Right.READ));
    get("resources", Need.of(Right.READ, Where.QUERY));
    get("namespaces/:namespace/:plural", Need.of(Right.READ, Where.PATH));
    get("namespaces/:namespace/:plural/:name", Need.of(Right.READ, Where.PATH));
    // They change nothing: they tell what would be.
    post("explain", Need.of(Right.READ));
    post("analyze", Need.of(Right.READ));
    post("replay", Need.of(Right.READ));
    get("departments", Need.of(Right.READ));
    post("departments/draft", Need.of(Right.READ));
    get("mtls", Need.of(Right.READ));
    post("mtls/draft", Need.of(Right.READ));
    get("providers", Need.of(Right.READ));
    get("routes/:namespace/:service", Need.of(Right.READ, Where.PATH));
    post("routes/:namespace/:service/weights", Need.of(Right.APPLY, Where.BODY));
    get("ramps", Need.of(Right.READ, Where.BODY));
    get("ramps/:id", Need.of(Right.READ, Where.BODY));
    post("ramps", Need.of(Right.APPLY, Where.BODY));
    post("ramps/:id/abort", Need.of(Right.APPLY, Where.BODY));
    post("ramps/:id/pause", Need.of(Right.APPLY, Where.BODY));
    post("ramps/:id/resume", Need.of(Right.APPLY, Where.BODY));
    get("faults", Need.of(Right.READ, Where.BODY));
    post("faults", Need.of(Right.APPLY, Where.BODY));
    post("faults/:id/stop", Need.of(Right.APPLY, Where.BODY));

    post("history/:revision/rollback", Need.of(Right.APPLY, Where.BODY));
    post("apply", Need.of(Right.APPLY, Where.BODY));
    api("PUT", "namespaces/:namespace/:plural/:name", Need.of(Right.APPLY, Where.PATH));
    api("DELETE", "namespaces/:namespace/:plural/:name", Need.of(Right.APPLY, Where.PATH));

    get("tokens", Need.of(Right.JOIN_TOKENS));
    post("tokens", Need.of(Right.JOIN_TOKENS, Where.BODY));
    api("DELETE", "tokens/:id", Need.of(Right.JOIN_TOKENS));
    post("trail-tokens", Need.of(Right.TRAIL_TOKENS));

    get("ca", Need.of(Right.READ));
    post("ca/rotate", Need.of(Right.CA));
    post("ca/abort", Need.of(Right.CA));
    post("workloads/:namespace/:instance/revoke", Need.of(Right.CA));
    get("federation", Need.of(Right.READ));
    post("federation/:domain/refresh", Need.of(Right.CA));

    // A login link is for who makes it: nobody becomes somebody else by one.
    post("logins", Need.PERSON);
    post("password", Need.PERSON);
    get("api-tokens", Need.PERSON);
    post("api-tokens", Need.PERSON);
    api("DELETE", "api-tokens/:id", Need.PERSON);

    // All that there is: the service asks for the rights to users and audit as well.
    get("backup", Need.of(Right.CA));
    // Log lines and stacks of threads: for who runs it.
    get("diagnostics", Need.of(Right.AUDIT));
    get("audit", Need.of(Right.AUDIT));
    get("users", Need.of(Right.USERS));
    post("users", Need.of(Right.USERS));
    api("DELETE", "users/:name", Need.of(Right.USERS));
    api("PUT", "users/:name/role", Need.of(Right.USERS));
    post("users/:name/password", Need.of(Right.USERS));
    api("DELETE", "users/:name/sessions", Need.of(Right.USERS));
  }

  private RouteRights() {}

  /**
   * @param pattern of the route, as Armeria writes it: {@code /api/v1/tokens/:id}
   */
  static Optional<Need> of(HttpMethod method, String pattern) {
    Need exact = TABLE.get(key(method.name(), pattern));
    return Optional.ofNullable(exact != null ? exact : TABLE.get(key(ANY_METHOD, pattern)));
  }

  /** By method and pattern, {@code GET /api/v1/status}. */
  static Map<String, Need> table() {
    return Map.copyOf(TABLE);
  }

  private static void get(String path, Need need) {
    api("GET", path, need);
  }

  private static void post(String path, Need need) {
    api("POST", path, need);
  }

  private static void api(String method, String path, Need need) {
    put(method, "/api/v1/" + path, need);
  }

  private static void put(String method, String pattern, Need need) {
    if (TABLE.put(key(method, pattern), need) != null) {
      throw new IllegalStateException(key(method, pattern) + ": twice in the table");
    }
  }

  private static String key(String method, String pattern) {
    return method + " " + pattern;
  }
}
