package io.endomesh.controller.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.TestWorkload;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourceApiTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path dataDir;
  private static Controller controller;

  @BeforeAll
  static void start() throws Exception {
    controller = Controller.start(ControllerOptions.onFreePort(dataDir));
  }

  @AfterAll
  static void stop() {
    controller.close();
  }

  @Test
  void apply_severalDocuments_tellsWhatEachDid() throws Exception {
    String yaml = service("a", "one") + "---\n" + service("a", "two");

    assertThat(actions(apply("", yaml))).isEqualTo("created created ");
    assertThat(actions(apply("", yaml))).isEqualTo("unchanged unchanged ");
    assertThat(actions(apply("", yaml.replace("app: two", "app: deux"))))
        .isEqualTo("unchanged configured ");
    JsonNode list = json(get("/api/v1/namespaces/a/services"));
    assertThat(list.get("items")).hasSize(2);
    assertThat(list.at("/items/0/metadata/name").asText()).isEqualTo("one");
  }

  @Test
  void apply_oneWrong_appliesNothingAndNamesTheField() throws Exception {
    HttpResponse<String> answer =
        apply(
            "", service("b", "good") + "---\n" + service("b", "bad").replace("app:", "app: {}\n#"));

    assertThat(answer.statusCode()).isEqualTo(400);
    JsonNode error = json(answer).get("error");
    assertThat(error.get("code").asText()).isEqualTo("invalid");
    assertThat(error.get("resource").asText()).isEqualTo("Service b/bad");
    assertThat(error.get("field").asText()).isEqualTo("spec.selector.app");
    assertThat(json(get("/api/v1/resources?namespace=b")).get("items")).isEmpty();
  }

  @Test
  void apply_dryRun_changesNothing() throws Exception {
    assertThat(actions(apply("?dryRun=true", service("c", "one")))).isEqualTo("created ");

    assertThat(get("/api/v1/namespaces/c/services/one").statusCode()).isEqualTo(404);
  }

  @Test
  void apply_remoteIpBlocks_needSomebodyToSayWhichProxiesAreBelieved() throws Exception {
    String policy =
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: office, namespace: f}
        spec: {rules: [{from: [{source: {remoteIpBlocks: [10.0.0.0/8]}}]}]}
        """;
    String proxies =
        """
        apiVersion: endomesh.io/v1
        kind: InboundPolicy
        metadata: {name: proxies, namespace: f}
        spec: {trustedHops: 1}
        ---
        """;

    HttpResponse<String> refused = apply("", policy);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).at("/error/field").asText())
        .isEqualTo("spec.rules[0].from[0].source.remoteIpBlocks");
    assertThat(json(refused).at("/error/message").asText())
        .contains("expected: an InboundPolicy with spec.trustedHops in f or endomesh-system");
    assertThat(apply("", proxies + policy).statusCode()).isEqualTo(200);
  }

  @Test
  void apply_brokenYaml_isRefusedInASentence() throws Exception {
    HttpResponse<String> answer = apply("", "kind: [");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).at("/error/message").asText()).startsWith("YAML is broken: line 1");
  }

  @Test
  void apply_routeToUnknownService_isTakenWithAWarningAndACondition() throws Exception {
    String route =
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r, namespace: d}
        spec:
          parentRefs: [{kind: Service, group: "", name: known}]
          rules: [{backendRefs: [{name: nobody}]}]
        """;

    Instant before = Instant.now();
    HttpResponse<String> answer = apply("", service("d", "known") + "---\n" + route);

    assertThat(json(answer).at("/resources/1/warnings/0").asText())
        .isEqualTo(
            "backendRefs: no service d/nobody (expected: one that joined, or a v1 Service); calls"
                + " that are sent to it fail until it joins");
    JsonNode stored = json(get("/api/v1/namespaces/d/httproutes/r"));
    assertThat(stored.at("/status/parents/0/conditions/0/type").asText()).isEqualTo("Accepted");
    assertThat(stored.at("/status/parents/0/conditions/0/status").asText()).isEqualTo("True");
    assertThat(
            Instant.parse(stored.at("/status/parents/0/conditions/0/lastTransitionTime").asText()))
        .isBetween(before.minusMillis(1), Instant.now());
    assertThat(stored.at("/status/parents/0/conditions/1/type").asText()).isEqualTo("ResolvedRefs");
    assertThat(stored.at("/status/parents/0/conditions/1/status").asText()).isEqualTo("False");
    assertThat(stored.at("/status/parents/0/conditions/1/reason").asText())
        .isEqualTo("BackendNotFound");
  }

  @Test
  void get_routeOfTwoParents_tellsOfEach() throws Exception {
    String route =
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: both, namespace: p}
        spec:
          parentRefs:
            - {kind: Service, group: "", name: here}
            - {kind: Service, group: "", name: missing, port: 8080}
          rules: [{backendRefs: [{name: here}]}]
        """;

    apply("", service("p", "here") + "---\n" + route);

    JsonNode status = json(get("/api/v1/namespaces/p/httproutes/both")).at("/status");
    assertThat(status.has("conditions")).isFalse();
    assertThat(status.at("/parents")).hasSize(2);
    assertThat(status.at("/parents/0/parentRef/name").asText()).isEqualTo("here");
    assertThat(status.at("/parents/0/controllerName").asText()).isEqualTo("endomesh.io/controller");
    assertThat(status.at("/parents/0/conditions/0/status").asText()).isEqualTo("True");
    assertThat(status.at("/parents/1/parentRef/port").asInt()).isEqualTo(8080);
    assertThat(status.at("/parents/1/conditions/0/reason").asText()).isEqualTo("NoMatchingParent");
    assertThat(status.at("/parents/1/conditions/0/message").asText())
        .startsWith("parentRefs: no service p/missing (expected: ");
  }

  @Test
  void get_policyOfGatewayApi_tellsOfEachTarget() throws Exception {
    String policy =
        """
        apiVersion: gateway.networking.x-k8s.io/v1alpha1
        kind: XBackendTrafficPolicy
        metadata: {name: budget, namespace: p}
        spec:
          targetRefs: [{kind: Service, group: "", name: absent}]
          retryConstraint: {budget: {percent: 10, interval: 10s}}
        """;

    apply("", policy);

    JsonNode status =
        json(get("/api/v1/namespaces/p/xbackendtrafficpolicies/budget")).at("/status");
    assertThat(status.at("/ancestors/0/ancestorRef/name").asText()).isEqualTo("absent");
    assertThat(status.at("/ancestors/0/conditions/0/reason").asText()).isEqualTo("TargetNotFound");
  }

  @Test
  void apply_backendOfAnotherNamespace_warnsUntilItIsGranted() throws Exception {
    String route =
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: across, namespace: g}
        spec:
          parentRefs: [{kind: Service, group: "", name: known}]
          rules: [{backendRefs: [{name: ledger, namespace: h}]}]
        """;
    String grant =
        """
        apiVersion: gateway.networking.k8s.io/v1beta1
        kind: ReferenceGrant
        metadata: {name: from-g, namespace: h}
        spec:
          from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: g}]
          to: [{group: "", kind: Service, name: ledger}]
        """;
    String services = service("g", "known") + "---\n" + service("h", "ledger") + "---\n";

    assertThat(json(apply("", services + route)).at("/resources/2/warnings/0").asText())
        .isEqualTo(
            "backendRefs: h/ledger of another namespace (expected: a ReferenceGrant there, from"
                + " HTTPRoute of namespace g to Service); calls that are sent to it fail until it"
                + " is granted");
    assertThat(across().at("/reason").asText()).isEqualTo("RefNotPermitted");
    assertThat(
            json(apply("?dryRun=true", route + "---\n" + grant))
                .at("/resources/0/warnings")
                .isEmpty())
        .isTrue();
    assertThat(across().at("/reason").asText()).isEqualTo("RefNotPermitted");

    apply("", grant);
    assertThat(across().at("/reason").asText()).isEqualTo("ResolvedRefs");

    send("DELETE", "/api/v1/namespaces/h/referencegrants/from-g", "", Map.of());
    assertThat(across().at("/reason").asText()).isEqualTo("RefNotPermitted");
  }

  private JsonNode across() throws Exception {
    return json(get("/api/v1/namespaces/g/httproutes/across")).at("/status/parents/0/conditions/1");
  }

  @Test
  void history_partOfAName_isRefused() throws Exception {
    HttpResponse<String> answer = get("/api/v1/history?kind=Service&namespace=a");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).at("/error/message").asText())
        .isEqualTo(
            "kind, namespace, name: 'Service', 'a', '' (expected: all three of a resource, or"
                + " none)");
  }

  @Test
  void apply_whyOfMoreThanTheBound_isRefusedAndChangesNothing() throws Exception {
    HttpResponse<String> answer = apply("?why=" + "x".repeat(301), service("w", "one"));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).at("/error/message").asText())
        .isEqualTo("why: 301 characters (expected: at most 300)");
    assertThat(get("/api/v1/namespaces/w/services/one").statusCode()).isEqualTo(404);
  }

  @Test
  void rollback_ofARevision_takesBackAllOfIt() throws Exception {
    apply("", service("z", "kept"));
    String changed = service("z", "kept").replace("app: kept", "app: other");
    JsonNode applied = json(apply("?why=one%20more", changed + "---\n" + service("z", "new")));
    long revision = applied.at("/resources/0/revision").asLong();
    String path = "/api/v1/history/" + revision + "/rollback";

    JsonNode would = json(send("POST", path + "?dryRun=true", "", Map.of()));
    assertThat(would.at("/resources")).hasSize(2);
    assertThat(get("/api/v1/namespaces/z/services/new").statusCode()).isEqualTo(200);

    assertThat(send("POST", path, "", Map.of()).statusCode()).isEqualTo(200);
    assertThat(get("/api/v1/namespaces/z/services/new").statusCode()).isEqualTo(404);
    assertThat(json(get("/api/v1/namespaces/z/services/kept")).at("/spec/selector/app").asText())
        .isEqualTo("kept");
    JsonNode history = json(get("/api/v1/history?limit=4")).get("changes");
    assertThat(history.at("/0/why").asText()).isEqualTo("rollback of revision " + revision);
    assertThat(history.at("/0/revision")).isEqualTo(history.at("/1/revision"));
    assertThat(history.at("/2/why").asText()).isEqualTo("one more");

    HttpResponse<String> again = send("POST", path, "", Map.of());
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(json(again).at("/error/message").asText())
        .contains("Service z/kept: was changed since, at revision " + (revision + 1));
  }

  @Test
  void rollback_unknownRevision_saysWhichThereAre() throws Exception {
    HttpResponse<String> answer = send("POST", "/api/v1/history/999999/rollback", "", Map.of());

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(json(answer).at("/error/message").asText())
        .startsWith("revision: 999999 is not in the history (expected: from 1 to ");
  }

  @Test
  void put_otherRevision_isAFailedPrecondition() throws Exception {
    apply("", service("e", "one"));
    String path = "/api/v1/namespaces/e/services/one";
    String version = json(get(path)).at("/metadata/resourceVersion").asText();
    String changed = service("e", "one").replace("app: one", "app: uno");

    assertThat(send("PUT", path, changed, Map.of("If-Match", "999999")).statusCode())
        .isEqualTo(412);
    assertThat(send("PUT", path, changed, Map.of("If-Match", "newest")).statusCode())
        .isEqualTo(400);
    assertThat(
            send(
                    "PUT",
                    path,
                    changed.replace("{name: one", "{resourceVersion: \"999999\", name: one"),
                    Map.of())
                .statusCode())
        .isEqualTo(409);
    assertThat(send("PUT", path, changed, Map.of("If-Match", '"' + version + '"')).statusCode())
        .isEqualTo(200);
    assertThat(send("PUT", path, service("e", "two"), Map.of()).statusCode()).isEqualTo(400);
    assertThat(send("DELETE", path, "", Map.of("If-Match", version)).statusCode()).isEqualTo(412);
    assertThat(send("DELETE", path, "", Map.of()).statusCode()).isEqualTo(204);
    assertThat(send("DELETE", path, "", Map.of()).statusCode()).isEqualTo(404);
    JsonNode history =
        json(get("/api/v1/history?kind=Service&namespace=e&name=one")).get("changes");
    assertThat(history).hasSize(3);
    assertThat(history.at("/0/after").isNull()).isTrue();
    assertThat(history.at("/2/before").isNull()).isTrue();
    assertThat(history.at("/2/author").asText()).isEqualTo("loopback");
  }

  @Test
  void get_unknownKind_listsTheKnownOnes() throws Exception {
    HttpResponse<String> answer = get("/api/v1/namespaces/e/gateways");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(json(answer).at("/error/message").asText()).contains("httproutes");
  }

  private static String service(String namespace, String name) {
    return """
    apiVersion: v1
    kind: Service
    metadata: {name: %s, namespace: %s}
    spec:
      selector:
        app: %s
    """
        .formatted(name, namespace, name);
  }

  private static String actions(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    StringBuilder actions = new StringBuilder();
    json(answer)
        .get("resources")
        .forEach(r -> actions.append(r.get("action").asText()).append(' '));
    return actions.toString();
  }

  private static HttpResponse<String> apply(String query, String yaml) throws Exception {
    return send("POST", "/api/v1/apply" + query, yaml, Map.of());
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return send("GET", path, "", Map.of());
  }

  private static HttpResponse<String> send(
      String method, String path, String body, Map<String, String> headers) throws Exception {
    return TestWorkload.http(controller, method, path, body, headers);
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    return JSON.readTree(answer.body());
  }
}
