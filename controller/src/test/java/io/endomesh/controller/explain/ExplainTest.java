package io.endomesh.controller.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.Controller;
import io.endomesh.controller.TestWorkload;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way: resources and workloads of a controller, asked over REST. */
class ExplainTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String RESOURCES =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: orders, namespace: shop}
      spec:
        parentRefs: [{group: "", kind: Service, name: orders}]
        rules:
        - matches: [{path: {type: PathPrefix, value: /cart}}]
          backendRefs: [{name: orders}]
        - matches: [{headers: [{name: x-user, value: a}]}]
          backendRefs: [{name: orders-v1, weight: 90}, {name: orders-v2, weight: 10}]
          timeouts: {request: 2s}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: orders-v1, namespace: shop}
      spec: {selector: {app: orders, version: v1}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: orders-v2, namespace: shop}
      spec: {selector: {app: orders, version: v2}}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: old, namespace: shop}
      spec: {hosts: [orders], http: [{route: [{destination: {host: orders}}]}]}
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: only-web, namespace: shop}
      spec:
        selector: {matchLabels: {app: orders, version: v2}}
        rules: [{from: [{source: {principals: [endomesh.local/ns/shop/sa/web]}}]}]
      ---
      apiVersion: endomesh.io/v1
      kind: RateLimitPolicy
      metadata: {name: twin, namespace: shop}
      spec:
        targetRefs: [{group: "", kind: Service, name: twin}]
        limits: [{name: local, requests: 1, per: 1h}]
      ---
      apiVersion: endomesh.io/v1
      kind: RateLimitPolicy
      metadata: {name: twins, namespace: shop}
      spec:
        targetRefs: [{group: "", kind: Service, name: twin}]
        scope: Global
        failClosed: true
        limits:
        - {name: each, requests: 1, per: 1h, key: caller}
        - {name: writes, match: {method: POST}, requests: 1, per: 1h}
      """;

  @TempDir static Path dataDir;
  private static Controller controller;
  private static final List<TestWorkload> workloads = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    controller = Controller.start(TestWorkload.patientController(dataDir));
    join("shop", "orders", "orders-1", "v1", 18081);
    join("shop", "orders", "orders-2", "v2", 18082);
    join("shop", "storefront", "storefront-1", "v1", 18083);
    join("other", "twin", "twin-1", "v1", 18084);
    join("shop", "twin", "twin-2", "v1", 18085);
    HttpResponse<String> applied =
        TestWorkload.http(controller, "POST", "/api/v1/apply", RESOURCES, Map.of());
    assertThat(applied.statusCode()).as(applied.body()).isEqualTo(200);
  }

  private static void join(
      String namespace, String service, String instance, String version, int port)
      throws Exception {
    TestWorkload workload = TestWorkload.start(controller, dataDir, namespace, service, instance);
    workloads.add(workload);
    workload.join(Map.of("version", version), port);
  }

  @AfterAll
  static void stop() {
    workloads.forEach(TestWorkload::close);
    controller.close();
  }

  @Test
  void explain_split_tellsRuleSidesEndpointsAndCallees() throws Exception {
    JsonNode answer =
        explain("GET", "http://orders/api/1", "storefront", Map.of("X-User", List.of("a")));

    assertThat(answer.at("/from/identity").asText())
        .isEqualTo("spiffe://endomesh.local/ns/shop/sa/storefront");
    JsonNode route = step(answer.path("steps"), "route");
    assertThat(route.path("decidedBy").asText()).startsWith("HTTPRoute/shop/orders rule 1");
    assertThat(route.at("/candidates/0/taken").asBoolean()).isFalse();
    assertThat(route.at("/candidates/0/why").asText())
        .isEqualTo("path: /api/1 (expected: /cart or below)");
    assertThat(step(answer.path("steps"), "timeout").path("message").asText())
        .isEqualTo("2 s for the call");
    assertThat(answer.path("branches")).hasSize(2);
    JsonNode v1 = answer.at("/branches/0");
    assertThat(v1.path("percent").asDouble()).isEqualTo(90);
    assertThat(step(v1.path("steps"), "endpoint").at("/candidates/0/name").asText())
        .startsWith("127.0.0.1:18081");
    assertThat(step(v1.path("steps"), "workload").at("/candidates/0/why").asText())
        .startsWith("connected since");
    assertThat(v1.at("/verdict/kind").asText()).isEqualTo("sent");
    JsonNode v2 = answer.at("/branches/1");
    assertThat(v2.at("/verdict/kind").asText()).isEqualTo("refused");
    assertThat(v2.at("/verdict/status").asInt()).isEqualTo(403);
    assertThat(v2.at("/verdict/decidedBy").asText()).isEqualTo("AuthorizationPolicy/shop/only-web");
    assertThat(answer.at("/verdict/kind").asText()).isEqualTo("depends");
  }

  @Test
  void explain_resourcesForTheService_saysWhichCount() throws Exception {
    JsonNode resources =
        step(
            explain("GET", "http://orders/cart", "storefront", Map.of()).path("steps"),
            "resources");

    assertThat(resources.path("candidates").toString())
        .contains("{\"name\":\"HTTPRoute/shop/orders\",\"taken\":true")
        .contains(
            "{\"name\":\"VirtualService/shop/old\",\"taken\":false,"
                + "\"why\":\"HTTPRoutes and GRPCRoutes count before it\"}");
  }

  @Test
  void explain_noRuleMatches_isAnsweredWith404() throws Exception {
    JsonNode answer = explain("GET", "http://orders/api", "shop/storefront", Map.of());

    assertThat(answer.at("/verdict/kind").asText()).isEqualTo("answered");
    assertThat(answer.at("/verdict/status").asInt()).isEqualTo(404);
    assertThat(step(answer.path("steps"), "route").path("candidates").toString())
        .contains("header x-user: absent (expected: a)");
  }

  @Test
  void explain_rateLimits_namesWhoCounts_andCountsNothing() throws Exception {
    for (int i = 0; i < 3; i++) {
      JsonNode answer = explain("GET", "http://twin/", "storefront", Map.of());

      assertThat(answer.at("/verdict/kind").asText()).isEqualTo("sent");
      assertThat(answer.toString())
          .contains("counted by each workload for itself")
          .contains("counted for all instances together")
          .contains("{\"name\":\"RateLimitPolicy/shop/twin local\",\"taken\":true")
          .contains(
              "{\"name\":\"RateLimitPolicy/shop/twins each\",\"taken\":true,"
                  + "\"why\":\"1 request in 1 h, 1 at once, for caller ")
          .contains("{\"name\":\"RateLimitPolicy/shop/twins writes\",\"taken\":false");
    }
  }

  @Test
  void explain_hostOutsideTheMesh_passesThrough() throws Exception {
    JsonNode answer = explain("GET", "https://api.example.com/v1", "storefront", Map.of());

    assertThat(answer.at("/verdict/kind").asText()).isEqualTo("passes-through");
  }

  @Test
  void explain_unknownCaller_is404() throws Exception {
    HttpResponse<String> answer = post("{\"url\":\"http://orders/\",\"from\":\"nobody\"}");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("from: no service 'nobody'");
  }

  @Test
  void explain_callerOfTwoNamespaces_namesBoth() throws Exception {
    HttpResponse<String> answer = post("{\"url\":\"http://orders/\",\"from\":\"twin\"}");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("expected: one of other/twin, shop/twin");
  }

  @Test
  void explain_brokenQuestion_saysWhatIsExpected() throws Exception {
    assertThat(post("{").body()).contains("body: no JSON");
    assertThat(post("{\"url\":\"orders\",\"from\":\"storefront\"}").body())
        .contains("url: 'orders' (expected: http://SERVICE/PATH");
    assertThat(post("{\"method\":\"G T\",\"url\":\"http://orders/\"}").body())
        .contains("method: 'G T'");
  }

  @Test
  void explain_wrongField_isNamed() throws Exception {
    assertThat(field(post("{\"url\":\"http://orders/\",\"from\":\"nobody\"}"))).isEqualTo("from");
    assertThat(field(post("{\"url\":\"orders\",\"from\":\"web\"}"))).isEqualTo("url");
    assertThat(field(post("{\"method\":\"\",\"url\":\"http://orders/\"}"))).isEqualTo("method");
    assertThat(field(post("{\"url\":\"http://orders/\",\"headers\":{\"a b\":\"c\"}}")))
        .isEqualTo("headers");
  }

  @Test
  void trailToken_asked_isGoodForTenMinutesOrAsAsked() throws Exception {
    JsonNode made = JSON.readTree(trailToken("").body());
    assertThat(made.path("header").asText()).isEqualTo("x-endomesh-trail");
    Instant expires = Instant.parse(made.path("expiresAt").asText());
    assertThat(made.path("token").asText()).startsWith(expires.getEpochSecond() + ".");
    assertThat(Duration.between(Instant.now(), expires))
        .isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));

    assertThat(trailToken("{\"ttlSeconds\":3600}").statusCode()).isEqualTo(201);
    for (String wrong : List.of("3601", "0", "-1")) {
      HttpResponse<String> refused = trailToken("{\"ttlSeconds\":" + wrong + "}");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(field(refused)).isEqualTo("ttlSeconds");
    }
    assertThat(trailToken("{").body()).contains("body: no JSON");
  }

  private static HttpResponse<String> trailToken(String body) throws Exception {
    return TestWorkload.http(
        controller,
        "POST",
        "/api/v1/trail-tokens",
        body,
        Map.of("content-type", "application/json"));
  }

  private static String field(HttpResponse<String> answer) throws Exception {
    return JSON.readTree(answer.body()).at("/error/field").asText();
  }

  private static JsonNode explain(
      String method, String url, String from, Map<String, List<String>> headers) throws Exception {
    HttpResponse<String> answer =
        post(
            JSON.writeValueAsString(
                Map.of("method", method, "url", url, "from", from, "headers", headers)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static HttpResponse<String> post(String body) throws Exception {
    return TestWorkload.http(
        controller, "POST", "/api/v1/explain", body, Map.of("content-type", "application/json"));
  }

  private static JsonNode step(JsonNode steps, String stage) {
    for (JsonNode step : steps) {
      if (step.path("stage").asText().equals(stage)) {
        return step;
      }
    }
    throw new AssertionError("no stage " + stage + " in " + steps);
  }
}
