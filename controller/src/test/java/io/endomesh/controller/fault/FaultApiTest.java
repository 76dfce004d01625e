package io.endomesh.controller.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.Controller;
import io.endomesh.controller.TestWorkload;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fault tests as a real controller serves them. */
class FaultApiTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String RESOURCES =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: orders, namespace: shop}
      spec: {selector: {app: orders}, ports: [{port: 8080}]}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: orders, namespace: shop}
      spec:
        parentRefs: [{group: "", kind: Service, name: orders}]
        rules:
        - backendRefs: [{name: orders}]
      """;

  @TempDir static Path dataDir;
  private static Controller controller;

  @BeforeAll
  static void start() throws Exception {
    controller = Controller.start(TestWorkload.patientController(dataDir));
    post("apply", RESOURCES);
  }

  @AfterAll
  static void stop() {
    controller.close();
  }

  @AfterEach
  void end() throws Exception {
    for (JsonNode test : json(get("faults")).get("faults")) {
      post("faults/" + test.get("id").asText() + "/stop", "");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'service':'orders'|service: 'orders' (expected: NAMESPACE/NAME, as shop/orders)",
        "'service':'shop/gone','abortStatus':503,'seconds':60|service: 'shop/gone' (expected: one"
            + " of the mesh)",
        "'service':'shop/orders','seconds':60|delayMillis: absent (expected: it, abortStatus or",
        "'service':'shop/orders','abortStatus':503|seconds: absent (expected: 1 to 86400, after",
        "'service':'shop/orders','abortStatus':503,'seconds':86401|seconds: 86401 (expected: 1 to",
        "'service':'shop/orders','abortStatus':99,'seconds':60|abortStatus: 99 (expected: 200 to",
        "'service':'shop/orders','abortStatus':503,'abortGrpcStatus':'INTERNAL','seconds':60"
            + "|abortGrpcStatus: beside abortStatus",
        "'service':'shop/orders','abortGrpcStatus':'OK','seconds':60|abortGrpcStatus: 'OK'",
        "'service':'shop/orders','delayMillis':0,'seconds':60|delayMillis: 0 (expected: 1 to",
        "'service':'shop/orders','delayMillis':1,'percent':0,'seconds':60|percent: 0 (expected:"
            + " more than 0",
        "'service':'shop/orders','delayMillis':1,'percent':101,'seconds':60|percent: 101",
        "'service':'shop/orders','delayMillis':1,'route':'HTTPRoute/shop/x','seconds':60|route:"
            + " 'HTTPRoute/shop/x' (expected: one of HTTPRoute/shop/orders)",
        "'service':'shop/orders','delayMillis':1,'rule':0,'seconds':60|rule: without route",
        "'service':'shop/orders','delayMillis':1,'until':0|until: unknown (expected: abortGrpc",
      })
  void start_badInput_isRefusedByName_andNothingBegins(String members, String message)
      throws Exception {
    HttpResponse<String> answer = post("faults", quoted("{" + members + "}"));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(json(answer).at("/error/message").asText()).startsWith(message);
    assertThat(get("status").body()).contains("\"faults\":[]");
  }

  @Test
  void start_ofARoute_isInTheStatus_explained_stopped_andAudited() throws Exception {
    HttpResponse<String> started =
        post(
            "faults",
            quoted(
                "{'service':'shop/orders','route':'HTTPRoute/shop/orders','rule':0,"
                    + "'abortStatus':503,'percent':100,'seconds':600}"));
    assertThat(started.statusCode()).as(started.body()).isEqualTo(200);
    String id = json(started).get("id").asText();
    assertThat(json(get("status")).at("/faults/0/id").asText()).isEqualTo(id);

    String explained = explained("503");
    assertThat(explained).contains("FaultTest/shop/" + id);

    assertThat(post("faults", quoted("{'service':'shop/orders','delayMillis':1,'seconds':1}")))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(409);
    assertThat(json(post("faults/" + id + "/stop", "")).get("endedBy").asText())
        .isEqualTo("loopback");
    assertThat(post("faults/" + id + "/stop", "").statusCode()).isEqualTo(409);
    assertThat(post("faults/nobody/stop", "").statusCode()).isEqualTo(404);
    assertThat(json(get("status")).get("faults")).isEmpty();
    assertThat(json(get("faults")).at("/faults/0/state").asText()).isEqualTo("stopped");
    assertThat(get("audit").body()).contains("fault.start", "fault.stop", "answered with 503");
  }

  @Test
  void start_forASecond_endsByItself() throws Exception {
    post("faults", quoted("{'service':'shop/orders','abortStatus':503,'seconds':1}"));

    long end = System.nanoTime() + 10_000_000_000L;
    JsonNode newest;
    do {
      newest = json(get("faults")).at("/faults/0");
    } while (!newest.get("state").asText().equals("ended") && System.nanoTime() < end);

    assertThat(newest.get("state").asText()).isEqualTo("ended");
    assertThat(newest.get("endedBy").isNull()).isTrue();
    assertThat(newest.get("endedAt")).isEqualTo(newest.get("until"));
  }

  /** What began is in the model a moment later. */
  private static String explained(String expected) throws Exception {
    try (TestWorkload orders =
        TestWorkload.start(controller, dataDir, "shop", "orders", "orders-1")) {
      orders.join(Map.of("app", "orders"), 18080);
      long end = System.nanoTime() + 10_000_000_000L;
      String answer;
      do {
        answer =
            post("explain", quoted("{'method':'GET','url':'http://orders/','from':'shop/orders'}"))
                .body();
      } while (!answer.contains(expected) && System.nanoTime() < end);
      return answer;
    }
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return send(request(path).GET());
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + controller.address().getPort() + "/api/v1/" + path))
        .header("x-endomesh-request", "test");
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    return JSON.readTree(answer.body());
  }
}
