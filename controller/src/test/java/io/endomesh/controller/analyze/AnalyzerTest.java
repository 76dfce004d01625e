package io.endomesh.controller.analyze;

import static io.endomesh.controller.translate.TestModels.given;
import static io.endomesh.controller.translate.TestModels.workload;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.KeySource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.telemetry.Edge;
import io.endomesh.controller.telemetry.Stats;
import io.endomesh.controller.translate.Drafts;
import io.endomesh.controller.translate.FederatedBundle;
import io.endomesh.controller.translate.FetchedKeys;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.TestModels;
import io.endomesh.dataplane.identity.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each code on resources that have its mistake, and on the same without it. */
class AnalyzerTest {

  /**
   * @param wrong resources that have the mistake
   * @param right the same, mended
   * @param field where the mistake is
   */
  private record Example(String wrong, String right, String field) {}

  private static Example example(Code code) {
    return switch (code) {
      case EM0101 ->
          new Example(
              route("r", "shop", "ordres", "{backendRefs: [{name: orders}]}"),
              route("r", "shop", "orders", "{backendRefs: [{name: orders}]}"),
              "spec.parentRefs");
      case EM0102 ->
          new Example(
              route("r", "shop", "orders", "{backendRefs: [{name: ordres}]}"),
              route("r", "shop", "orders", "{backendRefs: [{name: orders}]}"),
              "spec.rules[0].backendRefs[0]");
      case EM0103 ->
          new Example(
              route("r", "shop", "orders", "{backendRefs: [{name: ledger, namespace: finance}]}"),
              route("r", "shop", "orders", "{backendRefs: [{name: ledger, namespace: finance}]}")
                  + """
                  ---
                  apiVersion: gateway.networking.k8s.io/v1beta1
                  kind: ReferenceGrant
                  metadata: {name: g, namespace: finance}
                  spec:
                    from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}]
                    to: [{group: "", kind: Service}]
                  """,
              "spec.rules[0].backendRefs[0]");
      case EM0104 ->
          new Example(
              virtual("v", "{route: [{destination: {host: orders, subset: v3}}]}")
                  + destination("d", "orders", SUBSET_V1),
              virtual("v", "{route: [{destination: {host: orders, subset: v1}}]}")
                  + destination("d", "orders", SUBSET_V1),
              "spec.http[0].route[0]");
      case EM0105 ->
          new Example(
              route(
                  "r",
                  "shop",
                  "orders",
                  "{backendRefs: [{name: empty, weight: 5}, {name: orders}]}"),
              route(
                  "r",
                  "shop",
                  "orders",
                  "{backendRefs: [{name: empty, weight: 0}, {name: orders}]}"),
              "spec.rules[0].backendRefs[0]");
      case EM0106 ->
          new Example(
              policy("selector: {matchLabels: {app: ordres}}", "{}"),
              policy("selector: {matchLabels: {app: orders}}", "{}"),
              "spec.selector");
      case EM0107 ->
          new Example(
              virtual("v", "{delegate: {name: part}}"),
              virtual("v", "{delegate: {name: part}}") + delegate("part", "/"),
              "spec.http[0].delegate");
      case EM0108 ->
          new Example(
              route("r", "shop", "orders", naming("beta")),
              route("r", "shop", "orders", naming("beta")) + modifier("beta"),
              "spec.rules[0].filters");
      case EM0109 ->
          new Example(
              modifier("beta") + route("r", "shop", "orders", "{backendRefs: [{name: orders}]}"),
              modifier("beta") + route("r", "shop", "orders", naming("beta")),
              "metadata.name");
      case EM0201 ->
          new Example(
              virtual(
                  "v",
                  "{match: [{uri: {prefix: /api}}], route: [{destination: {host: orders}}]}",
                  "{match: [{uri: {prefix: /api/v2}, method: {exact: GET}}],"
                      + " route: [{destination: {host: orders}}]}"),
              virtual(
                  "v",
                  "{match: [{uri: {prefix: /api/v2}, method: {exact: GET}}],"
                      + " route: [{destination: {host: orders}}]}",
                  "{match: [{uri: {prefix: /api}}], route: [{destination: {host: orders}}]}"),
              "spec.http[1]");
      case EM0202 ->
          new Example(
              virtual("v", "{route: [{destination: {host: orders}}]}")
                  + route("r", "shop", "orders", "{backendRefs: [{name: orders}]}"),
              virtual("v", "{route: [{destination: {host: orders}}]}")
                  + route("r", "shop", "storefront", "{backendRefs: [{name: storefront}]}"),
              "spec.hosts");
      case EM0203 ->
          new Example(
              destination("a", "orders", "") + destination("b", "orders.shop", ""),
              destination("a", "orders", "") + destination("b", "storefront", ""),
              "spec.host");
      case EM0301 ->
          new Example(
              virtual("v", retrying("1s", "2s", 2)),
              virtual("v", retrying("7s", "2s", 2)),
              "spec.http[0]");
      case EM0302 ->
          new Example(
              virtual("v", retrying("5s", "2s", 2)),
              virtual("v", retrying("6s", "2s", 2)),
              "spec.http[0]");
      case EM0401 ->
          // 100 calls a second of 50 ms each are 5 in flight, and one workload makes them.
          new Example(
              destination("d", "orders", limit(4)),
              destination("d", "orders", limit(6)),
              "spec.trafficPolicy.connectionPool.http.http2MaxRequests");
      case EM0402 ->
          new Example(
              destination("d", "storefront", OUTLIERS),
              destination("d", "orders", OUTLIERS),
              "spec.trafficPolicy.outlierDetection");
      case EM0501 ->
          new Example(
              policy("", from("endomesh.local/ns/shop/sa/storfront")),
              policy("", from("endomesh.local/ns/shop/sa/storefront")),
              "spec.rules[0].from[0].source.principals");
      case EM0502 ->
          new Example(
              policy("", from("endomesh.local/ns/shop/sa/storefront")) + mtls("DISABLE"),
              policy("", from("endomesh.local/ns/shop/sa/storefront")) + mtls("STRICT"),
              "spec.rules[0].from[0].source");
      case EM0503 ->
          new Example(
              departments("", "marketing -> shop"),
              departments("", "finance -> shop"),
              "spec.deny[0]");
      case EM0504 ->
          new Example(
              departments("", "finance -> shop"),
              departments("", "finance -> shop") + mtls("STRICT"),
              "spec.deny[0]");
      case EM0505 -> new Example(target("metrics"), target("api"), "spec.rules[0]");
      case EM0506 ->
          new Example(
              policy("provider: {name: opa}", "{}").replace("ALLOW", "CUSTOM"),
              policy("provider: {name: opa}", "{}").replace("ALLOW", "CUSTOM") + PROVIDER,
              "spec.provider");
      case EM0507 ->
          new Example(
              policy("", label("team", "checkout")),
              policy("", label("tier", "gold")),
              "spec.rules[0].when[0]");
      case EM0508 ->
          new Example(
              policy("", label("tier", "silver")),
              policy("", label("tier", "gold")),
              "spec.rules[0].when[0]");
      case EM0601 -> new Example(tokens("unknown"), tokens("known"), "spec.jwtRules[0]");
      case EM0602 -> new Example(tokens("stale"), tokens("known"), "spec.jwtRules[0]");
      case EM0603 ->
          new Example(federated("unknown"), federated("known"), "spec.bundleEndpointURL");
      case EM0604 -> new Example(federated("stale"), federated("known"), "spec.bundleEndpointURL");
      // Of a store and of workloads, not of what is applied: StoredPoliciesTest.
      case EM0701, EM0702 -> throw new IllegalArgumentException(code.name());
    };
  }

  private static final String PROVIDER =
      """
      ---
      apiVersion: endomesh.io/v1
      kind: ExtAuthzProvider
      metadata: {name: opa, namespace: endomesh-system}
      spec: {service: opa.infra, port: 9191}
      """;

  /** What needs workloads or traffic to be found. */
  private static final Set<Code> LIVE =
      EnumSet.of(
          Code.EM0105,
          Code.EM0106,
          Code.EM0401,
          Code.EM0402,
          Code.EM0507,
          Code.EM0508,
          Code.EM0601,
          Code.EM0602,
          Code.EM0603,
          Code.EM0604);

  @ParameterizedTest
  @EnumSource(
      value = Code.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"EM0701", "EM0702"})
  void analyze_mistake_isFoundWhereItIs(Code code) throws Exception {
    Example example = example(code);

    assertThat(live(example.wrong()))
        .filteredOn(finding -> finding.code() == code)
        .singleElement()
        .satisfies(finding -> assertThat(finding.field()).isEqualTo(example.field()))
        .satisfies(finding -> assertThat(finding.message()).doesNotContain("null", "@"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Code.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"EM0701", "EM0702"})
  void analyze_mended_findsNothingAtAll(Code code) throws Exception {
    assertThat(live(example(code).right())).filteredOn(f -> f.code() == code).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Code.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"EM0701", "EM0702"})
  void analyze_offline_findsTheSameButForWorkloadsAndTraffic(Code code) throws Exception {
    List<Finding> found =
        Analyzer.offline(
            Drafts.alone(
                ResourceParser.parseAll(SERVICES + example(code).wrong()), "endomesh.local"));

    assertThat(found.stream().anyMatch(finding -> finding.code() == code))
        .isEqualTo(!LIVE.contains(code));
  }

  @Test
  void analyze_equalMatchesOfTwoRoutes_theYoungerIsHidden() throws Exception {
    String rule = "{matches: [{path: {type: Exact, value: /a}}], backendRefs: [{name: orders}]}";

    assertThat(live(route("one", "shop", "orders", rule) + route("two", "shop", "orders", rule)))
        .extracting(finding -> finding.code() + " " + finding.resource().name())
        .containsExactly("EM0201 two");
    assertThat(
            live(route("one", "shop", "orders", rule) + route("two", "shop", "storefront", rule)))
        .isEmpty();
  }

  @Test
  void analyze_callerOfAFederatedTrustDomain_isNoMistake() throws Exception {
    String policy = policy("", from("known.example/ns/shop/sa/anybody"));

    assertThat(live(policy + federated("known"))).isEmpty();
    assertThat(live(policy)).extracting(Finding::code).containsExactly(Code.EM0501);
  }

  @Test
  void analyze_delegateThatMatchesMore_isHidden() throws Exception {
    String root = virtual("v", "{match: [{uri: {prefix: /a}}], delegate: {name: part}}");

    assertThat(live(root + delegate("part", "/b")))
        .extracting(finding -> finding.code() + " " + finding.resource().name())
        .containsExactly("EM0201 part");
    assertThat(live(root + delegate("part", "/a/b"))).isEmpty();
  }

  @Test
  void analyze_ruleAfterOneThatDelegates_isReachable() throws Exception {
    assertThat(
            live(
                virtual(
                        "v",
                        "{delegate: {name: part}}",
                        "{match: [{uri: {prefix: /b}}], route: [{destination: {host: orders}}]}")
                    + delegate("part", "/a")))
        .isEmpty();
  }

  @Test
  void analyze_errorsStandBeforeWarnings() throws Exception {
    String both = route("r", "shop", "ordres", "{backendRefs: [{name: ordres}]}");

    assertThat(live(both)).extracting(Finding::code).containsExactly(Code.EM0102, Code.EM0101);
  }

  @Test
  void page_hasASectionForEachCodeAndNoOther() throws Exception {
    String page = Files.readString(Path.of("../docs/analyze.md"));
    Set<String> documented = new TreeSet<>();
    for (Matcher m = Pattern.compile("(?m)^### (EM\\d{4}) .*$").matcher(page); m.find(); ) {
      documented.add(m.group(1));
    }

    assertThat(documented)
        .containsExactlyElementsOf(Arrays.stream(Code.values()).map(Code::name).toList());
    for (Code code : Code.values()) {
      assertThat(page)
          .contains(
              "### "
                  + code
                  + " "
                  + code.severity().name().toLowerCase(java.util.Locale.ROOT)
                  + ": "
                  + code.title());
    }
  }

  private static final String SERVICES =
      """
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: orders, namespace: shop}
      spec: {selector: {app: orders}, ports: [{port: 8080}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: storefront, namespace: shop}
      spec: {selector: {app: storefront}, ports: [{port: 8080}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: empty, namespace: shop}
      spec: {selector: {app: empty}, ports: [{port: 8080}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: ledger, namespace: finance}
      spec: {selector: {app: ledger}, ports: [{port: 8080}]}
      """;

  private static final String SUBSET_V1 = "subsets: [{name: v1, labels: {version: v1}}]";

  private static final String OUTLIERS =
      "trafficPolicy: {outlierDetection: {consecutive5xxErrors: 5}}";

  private static String limit(int requests) {
    return "trafficPolicy: {connectionPool: {http: {http2MaxRequests: " + requests + "}}}";
  }

  private static String retrying(String timeout, String perTry, int attempts) {
    return "{timeout: "
        + timeout
        + ", retries: {attempts: "
        + attempts
        + ", perTryTimeout: "
        + perTry
        + "}, route: [{destination: {host: orders}}]}";
  }

  private static KeySource issuer(String name) {
    return new KeySource.Discovered("https://" + name + ".example");
  }

  private static String tokens(String issuer) {
    return """
    ---
    apiVersion: security.istio.io/v1
    kind: RequestAuthentication
    metadata: {name: people, namespace: shop}
    spec: {jwtRules: [{issuer: "https://%s.example"}]}
    """
        .formatted(issuer);
  }

  private static String federated(String name) {
    return """
    ---
    apiVersion: spire.spiffe.io/v1alpha1
    kind: ClusterFederatedTrustDomain
    metadata: {name: partner, namespace: endomesh-system}
    spec:
      trustDomain: %s.example
      bundleEndpointURL: https://%s.example/bundle
      bundleEndpointProfile: {type: https_web}
    """
        .formatted(name, name);
  }

  private static String label(String name, String value) {
    return "{when: [{key: 'source.labels[%s]', values: [%s]}]}".formatted(name, value);
  }

  private static String from(String principal) {
    return "{from: [{source: {principals: [" + principal + "]}}]}";
  }

  private static String route(String name, String namespace, String parent, String... rules) {
    return """
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: %s, namespace: %s}
    spec:
      parentRefs: [{group: "", kind: Service, name: %s}]
      rules: [%s]
    """
        .formatted(name, namespace, parent, String.join(", ", rules));
  }

  private static String virtual(String name, String... rules) {
    return """
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: %s, namespace: shop}
    spec: {hosts: [orders], http: [%s]}
    """
        .formatted(name, String.join(", ", rules));
  }

  private static String delegate(String name, String prefix) {
    return virtual(
            name,
            "{match: [{uri: {prefix: " + prefix + "}}], route: [{destination: {host: orders}}]}")
        .replace("hosts: [orders], ", "");
  }

  private static String naming(String modifier) {
    return "{filters: [{type: ExtensionRef, extensionRef: {group: endomesh.io, kind:"
        + " QueryParameterModifier, name: "
        + modifier
        + "}}]}";
  }

  private static String modifier(String name) {
    return """
    ---
    apiVersion: endomesh.io/v1
    kind: QueryParameterModifier
    metadata: {name: %s, namespace: shop}
    spec: {remove: [debug]}
    """
        .formatted(name);
  }

  private static String destination(String name, String host, String rest) {
    return """
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: %s, namespace: shop}
    spec:
      host: %s
      %s
    """
        .formatted(name, host, rest);
  }

  private static String policy(String selector, String rule) {
    return """
    ---
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: {name: p, namespace: shop}
    spec:
      action: ALLOW
      rules: [%s]
      %s
    """
        .formatted(rule, selector);
  }

  private static String departments(String names, String line) {
    return """
    ---
    apiVersion: endomesh.io/v1
    kind: DepartmentPolicy
    metadata: {name: d, namespace: endomesh-system}
    spec: {%s deny: ["%s"]}
    """
        .formatted(names, line);
  }

  private static String target(String match) {
    return """
    ---
    apiVersion: specs.smi-spec.io/v1alpha4
    kind: HTTPRouteGroup
    metadata: {name: g, namespace: shop}
    spec: {matches: [{name: api, pathRegex: /api}]}
    ---
    apiVersion: access.smi-spec.io/v1alpha3
    kind: TrafficTarget
    metadata: {name: t, namespace: shop}
    spec:
      destination: {kind: ServiceAccount, name: orders}
      rules: [{kind: HTTPRouteGroup, name: g, matches: [%s]}]
      sources: [{kind: ServiceAccount, name: storefront}]
    """
        .formatted(match);
  }

  private static String mtls(String mode) {
    return """
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata: {name: m, namespace: shop}
    spec: {mtls: {mode: %s}}
    """
        .formatted(mode);
  }

  /** Two workloads of orders, one of storefront and of ledger, none of empty. */
  private static final X509Certificate ROOT = new TestAuthority().root();

  private static List<Finding> live(String yaml) throws Exception {
    MeshModel model =
        TestModels.of(
            List.of(
                workload("shop/orders", Map.of("version", "v1"), 1),
                workload("shop/orders", Map.of("version", "v2"), 2),
                workload("shop/storefront", Map.of(), 3),
                given("shop/cart", Map.of("team", "checkout", "tier", "gold"), 5),
                given("shop/cart", Map.of("tier", "gold"), 6),
                workload("finance/ledger", Map.of(), 4)),
            Map.of(
                issuer("known"), new FetchedKeys("{}", null),
                issuer("unknown"), new FetchedKeys(null, "no answer within 5 s"),
                issuer("stale"), new FetchedKeys("{}", "no answer within 5 s")),
            Map.of(
                "known.example", new FederatedBundle(List.of(ROOT), null, null),
                "unknown.example", new FederatedBundle(List.of(), "no answer", Instant.EPOCH),
                "stale.example", new FederatedBundle(List.of(ROOT), "no answer", Instant.EPOCH)));
    Stats stats = new Stats(9000, 0, 0, 0, 100, 0, 0, 0, 0.0, 50.0, 90.0, 10);
    Edge edge = new Edge("shop/storefront", "shop/orders", "http", "all", stats, List.of());
    return Analyzer.live(
        Drafts.over(model, ResourceParser.parseAll(SERVICES + yaml)), List.of(edge), List.of());
  }
}
