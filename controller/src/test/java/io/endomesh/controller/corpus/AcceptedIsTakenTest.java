package io.endomesh.controller.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.translate.Drafts;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.Scope;
import io.endomesh.controller.translate.TestModels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the controller accepts, agents take: a value that they would refuse is refused when it is
 * applied, by the name of its field, and not accepted and then in force nowhere. Resources are made
 * at random, of values that make sense and of such that do not.
 */
class AcceptedIsTakenTest {

  private static final int TRIES = 500;

  /** Fewer would prove little. */
  private static final int FEWEST = TRIES / 20;

  private static final List<String> NAMES =
      List.of(
          "x-user", "X-User", "a b", ":authority", ":path", ":x", "host", "é", "a:b", "a\u0001");

  private static final List<String> PATHS =
      List.of("/", "/a", "/a/", "/a?b=c", "a", "/a#b", "/é", "/a\\1", "/%41", "/a b");

  private static final List<String> TEXTS =
      List.of("a", "", "a,b", "%", "%REQ(x)%", "a\u0001b", "\\1", "$1", "é", "a\nb");

  private static final List<String> EXPRESSIONS =
      List.of(".*", "(a)(b)", "(", "a|b", "(?i)a", "\\d+", "[", "^/a$", "(?=a)");

  private static final List<String> SUBSTITUTIONS =
      List.of("/b", "\\1", "\\2", "\\3", "\\x", "\\", "\\\\", "$1", "");

  private static final List<String> HOSTS =
      List.of("orders", "orders:8080", "orders:x", "[::1]", "[::1]:80", "a b", "", "orders:99999");

  private static final List<String> DURATIONS = List.of("1s", "0s", "1ms", "99999h", "1h", "5");

  private static final List<Workload> WORKLOADS =
      List.of(TestModels.workload("shop/orders", Map.of("version", "v1"), 8080));

  private static final Map<String, Object> NAMING =
      all(
          "apiVersion",
          "gateway.networking.k8s.io/v1",
          "kind",
          "HTTPRoute",
          "metadata",
          Map.of("name", "naming", "namespace", "shop"),
          "spec",
          all(
              "parentRefs",
              List.of(all("group", "", "kind", "Service", "name", "orders")),
              "rules",
              List.of(
                  all(
                      "filters",
                      List.of(
                          all(
                              "type",
                              "ExtensionRef",
                              "extensionRef",
                              all(
                                  "group",
                                  "endomesh.io",
                                  "kind",
                                  "QueryParameterModifier",
                                  "name",
                                  "orders")))))));

  private static final Map<String, Object> ASKING =
      all(
          "apiVersion",
          "security.istio.io/v1",
          "kind",
          "AuthorizationPolicy",
          "metadata",
          Map.of("name", "asking", "namespace", "shop"),
          "spec",
          all("action", "CUSTOM", "provider", all("name", "orders"), "rules", List.of(Map.of())));

  private static final Scope CALLER =
      new Scope("shop", Map.of("app", "storefront"), Scope.Dialect.AGENT);

  private static final Scope SERVER =
      new Scope("shop", Map.of("app", "orders", "version", "v1"), Scope.Dialect.AGENT);

  private final Random random = new Random(7);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTPRoute",
        "GRPCRoute",
        "VirtualService",
        "DestinationRule",
        "AuthorizationPolicy",
        "InboundPolicy",
        "ExtAuthzProvider",
        "RateLimitPolicy",
        "OverloadPolicy",
        "ResiliencePolicy",
        "QueryParameterModifier"
      })
  void resource_isAccepted_isTakenByAgents(String kind) throws Exception {
    int accepted = 0;
    for (int i = 0; i < TRIES; i++) {
      Map<String, Object> resource = resource(kind);
      ParsedResource parsed;
      try {
        parsed = ResourceParser.parse(resource);
      } catch (InvalidResourceException refused) {
        continue;
      }
      accepted++;
      MeshModel mesh = Drafts.over(TestModels.of(WORKLOADS), inForce(parsed));
      AgentView caller = new AgentView(mesh, CALLER);
      caller.host("orders");
      assertThat(caller.rejections()).as("%s", resource).isEmpty();
      AgentView server = new AgentView(mesh, SERVER);
      server.inbound(8080);
      assertThat(server.rejections()).as("%s", resource).isEmpty();
    }
    assertThat(accepted).isGreaterThan(FEWEST);
  }

  /** A modifier is in force where a rule names it, a provider where a policy does. */
  private static List<ParsedResource> inForce(ParsedResource parsed)
      throws InvalidResourceException {
    return switch (parsed.key().kind()) {
      case "QueryParameterModifier" -> List.of(parsed, ResourceParser.parse(NAMING));
      case "ExtAuthzProvider" -> List.of(parsed, ResourceParser.parse(ASKING));
      default -> List.of(parsed);
    };
  }

  private Map<String, Object> resource(String kind) {
    Map<String, Object> spec =
        switch (kind) {
          case "HTTPRoute" -> route(this::httpRule);
          case "GRPCRoute" -> route(this::grpcRule);
          case "VirtualService" ->
              all("hosts", List.of("orders"), "http", List.of(virtualRule(), virtualRule()));
          case "DestinationRule" -> all("host", "orders", "trafficPolicy", trafficPolicy());
          case "AuthorizationPolicy" -> authorization();
          case "InboundPolicy" ->
              some(
                  maybe("defaultAction", () -> one("Allow", "Deny", "deny")),
                  maybe("trustedHops", () -> one(0, 1, 16, 17)),
                  maybe("selector", () -> all("matchLabels", Map.of("app", "orders"))));
          case "ExtAuthzProvider" -> provider();
          case "QueryParameterModifier" -> modifier();
          default -> attached(kind);
        };
    return all(
        "apiVersion",
        apiVersion(kind),
        "kind",
        kind,
        "metadata",
        Map.of("name", "orders", "namespace", "shop"),
        "spec",
        spec);
  }

  private static String apiVersion(String kind) {
    return switch (kind) {
      case "HTTPRoute", "GRPCRoute" -> "gateway.networking.k8s.io/v1";
      case "VirtualService", "DestinationRule" -> "networking.istio.io/v1";
      case "AuthorizationPolicy" -> "security.istio.io/v1";
      default -> "endomesh.io/v1";
    };
  }

  private Map<String, Object> provider() {
    Map<String, Object> spec =
        some(
            maybe("timeout", this::duration),
            maybe("failOpen", () -> one(true, false)),
            maybe("statusOnError", () -> one(403, "503", 200, "600")),
            maybe("includeRequestHeadersInCheck", () -> List.of(mostly(NAMES), pattern())));
    spec.put("service", mostly(HOSTS));
    spec.put("port", one(8080, 9191, 0, 99_999));
    return spec;
  }

  private Map<String, Object> authorization() {
    return all(
        "action",
        one("ALLOW", "DENY"),
        "rules",
        List.of(
            some(
                maybe("from", () -> List.of(all("source", source()))),
                maybe("to", () -> List.of(all("operation", operation()))),
                maybe(
                    "when",
                    () ->
                        List.of(
                            all(
                                "key",
                                one(
                                    "source.namespace",
                                    "source.ip",
                                    "remote.ip",
                                    "destination.port",
                                    "request.headers[x-user]",
                                    "request.headers[a b]",
                                    "request.headers[:path]",
                                    "request.headers[]"),
                                "values",
                                List.of(pattern())))))));
  }

  private Object source() {
    return some(
        maybe("principals", () -> List.of(pattern())),
        maybe("notPrincipals", () -> List.of(pattern())),
        maybe("namespaces", () -> List.of(pattern())),
        maybe("trustDomains", () -> List.of(pattern())),
        maybe("ipBlocks", () -> List.of(mostly(RANGES))),
        maybe("notRemoteIpBlocks", () -> List.of(mostly(RANGES))),
        maybe("serviceAccounts", () -> List.of(pattern())));
  }

  private static final List<String> RANGES =
      List.of("10.0.0.0/8", "::1", "10.0.0.0/33", "orders", "", "::ffff:1.2.3.4", "1.2.3.4/");

  private Object operation() {
    return some(
        maybe("hosts", () -> List.of(pattern())),
        maybe("notHosts", () -> List.of(mostly(HOSTS))),
        maybe("ports", () -> List.of(one("8080", "99999", "a"))),
        maybe("methods", () -> List.of(pattern())),
        maybe("paths", () -> List.of(pattern())),
        maybe("notPaths", () -> List.of(mostly(PATHS))));
  }

  private static final List<String> PATTERNS =
      List.of("orders", "a*", "*a", "*", "(", "/a/{*}", "/{**}", "{", "a*b", "", "é\u0001");

  private Object pattern() {
    return mostly(PATTERNS);
  }

  /** Of our own kinds that are attached to a service. */
  private Map<String, Object> attached(String kind) {
    Map<String, Object> spec =
        switch (kind) {
          case "RateLimitPolicy" ->
              some(
                  maybe("limits", () -> List.of(limit("one"), limit("two"))),
                  maybe("scope", () -> one("Global", "Instance")),
                  maybe("timeout", this::duration),
                  maybe("limits", () -> List.of(limit("a"))));
          case "OverloadPolicy" ->
              some(
                  maybe(
                      "concurrency",
                      () ->
                          some(
                              maybe("min", () -> one(1, 0, 50)),
                              maybe("max", () -> one(1, 100, 100_000)))),
                  maybe(
                      "urgency",
                      () ->
                          some(
                              maybe("header", () -> mostly(NAMES)),
                              maybe(
                                  "callers",
                                  () ->
                                      List.of(
                                          all(
                                              "namespace",
                                              mostly(TEXTS),
                                              "urgency",
                                              one(0, 7)))))));
          default ->
              some(
                  maybe(
                      "breaker",
                      () ->
                          some(
                              maybe("window", this::duration),
                              maybe("minimumCalls", () -> one(1, 20)),
                              maybe("failurePercent", () -> one(1, 100)),
                              maybe("openDuration", this::duration),
                              maybe("slowCalls", () -> all("duration", duration())))),
                  maybe("hedging", () -> all("after", duration(), "maxAttempts", one(2, 3, 5, 9))),
                  maybe(
                      "outlierDetection",
                      () ->
                          some(
                              maybe(
                                  "successRate",
                                  () ->
                                      some(
                                          maybe("minimumHosts", () -> one(1, 3)),
                                          maybe("requestVolume", () -> one(1, 50)),
                                          maybe("stdevFactor", () -> one(0, 1.5, 100)))),
                              maybe(
                                  "failurePercentage",
                                  () ->
                                      some(
                                          maybe("threshold", () -> one(1, 100)),
                                          maybe("minimumHosts", () -> one(1, 3)),
                                          maybe("requestVolume", () -> one(1, 50)))))));
        };
    spec.put("targetRefs", List.of(all("group", "", "kind", "Service", "name", "orders")));
    return spec;
  }

  private Object limit(String name) {
    Map<String, Object> limit =
        some(
            maybe("match", this::httpMatch),
            maybe("burst", () -> one(1, 1_000_000)),
            maybe("key", () -> random.nextBoolean() ? "caller" : all("header", mostly(NAMES))));
    limit.put("name", name);
    limit.put("requests", one(1, 10, 1_000_000));
    limit.put("per", duration());
    return limit;
  }

  private Map<String, Object> route(Supplier<Object> rule) {
    return all(
        "parentRefs",
        List.of(all("group", "", "kind", "Service", "name", "orders")),
        "rules",
        List.of(rule.get()));
  }

  private Object httpRule() {
    return some(
        maybe("matches", () -> List.of(httpMatch())),
        maybe("filters", this::filters),
        maybe("backendRefs", () -> List.of(all("name", "orders", "weight", random.nextInt(3)))),
        maybe(
            "timeouts",
            () -> some(maybe("request", this::duration), maybe("backendRequest", this::duration))),
        maybe("retry", this::retry),
        maybe("sessionPersistence", this::session));
  }

  private Object grpcRule() {
    return some(
        maybe("matches", () -> List.of(grpcMatch())),
        maybe("filters", () -> List.of(headerFilter())),
        maybe("retry", this::retry),
        maybe("sessionPersistence", this::session));
  }

  private Object httpMatch() {
    return some(
        maybe("path", this::pathMatch),
        maybe("method", () -> one("GET", "POST", "get", "X")),
        maybe(
            "headers", () -> List.of(all("name", mostly(NAMES), "type", type(), "value", text()))),
        maybe(
            "queryParams",
            () -> List.of(all("name", mostly(NAMES), "type", type(), "value", text()))));
  }

  private Object pathMatch() {
    Object type = one("Exact", "PathPrefix", "RegularExpression");
    return all(
        "type",
        type,
        "value",
        type.equals("RegularExpression") ? mostly(EXPRESSIONS) : mostly(PATHS));
  }

  private Object grpcMatch() {
    return some(
        maybe("method", () -> all("type", type(), "service", text(), "method", text())),
        maybe(
            "headers", () -> List.of(all("name", mostly(NAMES), "type", type(), "value", text()))));
  }

  private Object filters() {
    List<Object> filters = new ArrayList<>();
    if (random.nextBoolean()) {
      filters.add(headerFilter());
    }
    Object path =
        random.nextBoolean()
            ? all("type", "ReplaceFullPath", "replaceFullPath", mostly(PATHS))
            : all("type", "ReplacePrefixMatch", "replacePrefixMatch", mostly(PATHS));
    filters.add(
        random.nextBoolean()
            ? all(
                "type",
                "RequestRedirect",
                "requestRedirect",
                some(
                    maybe("scheme", () -> one("http", "https", "ftp")),
                    maybe("hostname", () -> mostly(HOSTS)),
                    maybe("port", () -> one(80, 0, 70_000)),
                    maybe("path", () -> path)))
            : all(
                "type",
                "URLRewrite",
                "urlRewrite",
                some(maybe("hostname", () -> mostly(HOSTS)), maybe("path", () -> path))));
    return filters;
  }

  private Object headerFilter() {
    Object type = one("RequestHeaderModifier", "ResponseHeaderModifier");
    return all(
        "type",
        type,
        type.equals("RequestHeaderModifier") ? "requestHeaderModifier" : "responseHeaderModifier",
        some(
            maybe("set", () -> List.of(all("name", mostly(NAMES), "value", mostly(TEXTS)))),
            maybe("add", () -> List.of(all("name", mostly(NAMES), "value", mostly(TEXTS)))),
            maybe("remove", () -> List.of(mostly(NAMES)))));
  }

  private Map<String, Object> modifier() {
    return some(
        maybe("set", () -> List.of(all("name", mostly(TEXTS), "value", mostly(TEXTS)))),
        maybe("add", () -> List.of(all("name", mostly(TEXTS), "value", mostly(TEXTS)))),
        maybe("remove", () -> List.of(mostly(TEXTS))));
  }

  private Object retry() {
    return some(
        maybe("codes", () -> List.of(one(503, 429, 599))),
        maybe("attempts", () -> one(0, 1, 10)),
        maybe("backoff", this::duration));
  }

  private Object session() {
    return some(
        maybe("type", () -> one("Cookie", "Header")),
        maybe("sessionName", () -> mostly(NAMES)),
        maybe("absoluteTimeout", this::duration),
        maybe("cookieConfig", () -> all("lifetimeType", one("Session", "Permanent", "Forever"))));
  }

  private Object virtualRule() {
    Map<String, Object> rule =
        some(
            maybe("match", () -> List.of(virtualMatch())),
            maybe("rewrite", this::rewrite),
            maybe(
                "headers",
                () -> some(maybe("request", this::edits), maybe("response", this::edits))),
            maybe("fault", this::fault),
            maybe("timeout", this::duration),
            maybe("retries", this::virtualRetry),
            maybe("corsPolicy", this::cors));
    if (random.nextInt(4) > 0) {
      rule.put("route", List.of(all("destination", all("host", "orders"))));
    } else if (random.nextBoolean()) {
      rule.put("directResponse", all("status", one(200, 503, 99), "body", all("string", text())));
    } else {
      rule.put(
          "redirect",
          some(
              maybe("uri", () -> mostly(PATHS)),
              maybe("authority", () -> mostly(HOSTS)),
              maybe("port", () -> one(80, 443)),
              maybe("scheme", () -> one("https", "ftp")),
              maybe("redirectCode", () -> one(301, 302, 304, 308))));
    }
    return rule;
  }

  private Object virtualMatch() {
    return some(
        maybe("uri", this::stringMatch),
        maybe("method", this::stringMatch),
        maybe("authority", this::stringMatch),
        maybe("scheme", this::stringMatch),
        maybe("ignoreUriCase", random::nextBoolean),
        maybe("headers", () -> all(mostly(NAMES), stringMatch())),
        maybe("withoutHeaders", () -> all(mostly(NAMES), Map.of())),
        maybe("queryParams", () -> all(mostly(NAMES), stringMatch())),
        maybe("sourceLabels", () -> Map.of("app", "storefront")),
        maybe("port", () -> one(8080, 80)));
  }

  private Object stringMatch() {
    return switch (random.nextInt(3)) {
      case 0 -> all("exact", mostly(TEXTS));
      case 1 -> all("prefix", mostly(PATHS));
      default -> all("regex", mostly(EXPRESSIONS));
    };
  }

  private Object rewrite() {
    return random.nextBoolean()
        ? some(maybe("uri", () -> mostly(PATHS)), maybe("authority", () -> mostly(HOSTS)))
        : all(
            "uriRegexRewrite", all("match", mostly(EXPRESSIONS), "rewrite", mostly(SUBSTITUTIONS)));
  }

  private Object edits() {
    return some(
        maybe("set", () -> all(mostly(NAMES), mostly(TEXTS))),
        maybe("add", () -> all(mostly(NAMES), mostly(TEXTS))),
        maybe("remove", () -> List.of(mostly(NAMES))));
  }

  private Object fault() {
    return some(
        maybe("delay", () -> all("fixedDelay", duration(), "percentage", percentage())),
        maybe("abort", () -> all("httpStatus", one(200, 503, 600), "percentage", percentage())));
  }

  private Object percentage() {
    return all("value", one(0, 0.0001, 33.3, 100, 101));
  }

  private Object virtualRetry() {
    return some(
        maybe("attempts", () -> one(0, 3, 10)),
        maybe("perTryTimeout", this::duration),
        maybe("backoff", this::duration),
        maybe(
            "retryOn",
            () ->
                one(
                    "5xx",
                    "503,reset",
                    "gateway-error,connect-failure,refused-stream",
                    "retriable-4xx,retriable-status-codes,reset-before-request",
                    "cancelled,deadline-exceeded,internal,resource-exhausted,unavailable",
                    "http3-post-connect-failure")));
  }

  private Object cors() {
    return some(
        maybe("allowOrigins", () -> List.of(stringMatch())),
        maybe("allowMethods", () -> List.of(one("GET", "*", "a b"))),
        maybe("allowHeaders", () -> List.of(mostly(NAMES))),
        maybe("exposeHeaders", () -> List.of(mostly(NAMES))),
        maybe("maxAge", this::duration),
        maybe("allowCredentials", random::nextBoolean));
  }

  private Map<String, Object> trafficPolicy() {
    return some(
        maybe("loadBalancer", this::loadBalancer),
        maybe(
            "connectionPool",
            () ->
                all(
                    "tcp", some(maybe("maxConnections", () -> one(1, 0, 7))),
                    "http",
                        some(
                            maybe("http1MaxPendingRequests", () -> one(1, 7)),
                            maybe("http2MaxRequests", () -> one(1, 7)),
                            maybe("maxRetries", () -> one(1, 7))))),
        maybe(
            "outlierDetection",
            () ->
                some(
                    maybe("consecutive5xxErrors", () -> one(0, 1, 7)),
                    maybe("consecutiveGatewayErrors", () -> one(0, 1, 7)),
                    maybe("splitExternalLocalOriginErrors", random::nextBoolean),
                    maybe("consecutiveLocalOriginFailures", () -> one(0, 1, 7)),
                    maybe("interval", this::duration),
                    maybe("baseEjectionTime", this::duration),
                    maybe("maxEjectionPercent", () -> one(0, 50, 100)),
                    maybe("minHealthPercent", () -> one(0, 50, 100)))),
        maybe(
            "retryBudget",
            () -> some(maybe("percent", () -> one(0, 20)), maybe("minRetryConcurrency", () -> 0))));
  }

  private Object loadBalancer() {
    Map<String, Object> balancer =
        some(
            maybe(
                "warmup",
                () ->
                    some(
                        maybe("duration", this::duration),
                        maybe("aggression", () -> one(1, 1.5, 100, 0)),
                        maybe("minimumPercent", () -> one(0, 10, 100)))),
            maybe("warmupDurationSecs", this::duration));
    if (random.nextBoolean()) {
      balancer.put(
          "simple", one("LEAST_REQUEST", "ROUND_ROBIN", "RANDOM", "PEAK_EWMA", "PASSTHROUGH"));
    } else {
      Map<String, Object> hash =
          some(
              maybe("maglev", () -> some(maybe("tableSize", () -> one(65_537, 7, 8, 5_000_011)))),
              maybe(
                  "ringHash", () -> some(maybe("minimumRingSize", () -> one(1, 1024, 8_388_608)))));
      switch (random.nextInt(3)) {
        case 0 -> hash.put("httpHeaderName", mostly(NAMES));
        case 1 ->
            hash.put(
                "httpCookie",
                some(
                    maybe("name", () -> mostly(NAMES)),
                    maybe("ttl", this::duration),
                    maybe("path", () -> mostly(PATHS))));
        default -> hash.put("httpQueryParameterName", mostly(TEXTS));
      }
      balancer.put("consistentHash", hash);
    }
    return balancer;
  }

  private Object type() {
    return one("Exact", "RegularExpression");
  }

  private Object text() {
    return random.nextBoolean() ? mostly(TEXTS) : mostly(EXPRESSIONS);
  }

  private Object duration() {
    return mostly(DURATIONS);
  }

  /** The first, which makes sense, or another. */
  private String mostly(List<String> values) {
    return random.nextInt(3) > 0 ? values.get(0) : values.get(random.nextInt(values.size()));
  }

  private Object one(Object... values) {
    return values[random.nextInt(values.length)];
  }

  /** Names and values by turns. */
  private static Map<String, Object> all(Object... namesAndValues) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      all.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return all;
  }

  private static final int MOST_FIELDS = 3;

  private record Maybe(String name, Supplier<?> value) {}

  private static Maybe maybe(String name, Supplier<?> value) {
    return new Maybe(name, value);
  }

  private Map<String, Object> some(Maybe... fields) {
    Map<String, Object> some = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(MOST_FIELDS, fields.length); i++) {
      Maybe field = fields[random.nextInt(fields.length)];
      if (random.nextInt(3) > 0) {
        some.put(field.name(), field.value().get());
      }
    }
    return some;
  }
}
