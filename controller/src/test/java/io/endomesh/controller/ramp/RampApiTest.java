package io.endomesh.controller.ramp;

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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Splits and ramps as a real controller serves them. */
class RampApiTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path dataDir;
  private static Controller controller;

  @BeforeAll
  static void start() throws Exception {
    controller = Controller.start(TestWorkload.patientController(dataDir));
  }

  @AfterAll
  static void stop() {
    controller.close();
  }

  @BeforeEach
  void apply() throws Exception {
    post("apply", Mesh.SERVICES + Mesh.ROUTE);
  }

  @Test
  void route_unknownService_is404() throws Exception {
    assertThat(get("routes/shop/nobody").statusCode()).isEqualTo(404);
  }

  @Test
  void route_versionsWithoutSplit_proposesOneThatDividesAsNow() throws Exception {
    try (TestWorkload one = workload("bills-1");
        TestWorkload two = workload("bills-2");
        TestWorkload three = workload("bills-3")) {
      one.join(Map.of("version", "v1"), 18080);
      two.join(Map.of("version", "v1"), 18081);
      three.join(Map.of("version", "v2"), 18082);

      JsonNode route = bothVersions();
      assertThat(route.get("splits")).isEmpty();
      assertThat(route.get("advice").asText()).contains("v1, v2");
      assertThat(json(post("apply", route.get("proposal").toString())).has("error")).isFalse();

      JsonNode split = json(get("routes/shop/bills")).at("/splits/0");
      assertThat(split.at("/resource/kind").asText()).isEqualTo("VirtualService");
      assertThat(split.at("/backends/0/name").asText()).isEqualTo("v1");
      assertThat(split.at("/backends/0/weight").asInt()).isEqualTo(67);
      assertThat(split.at("/backends/1/share").asDouble()).isEqualTo(0.33);
      assertThat(split.at("/counts").asBoolean()).isTrue();
    }
  }

  @Test
  void weights_set_areARevisionOfTheResource_andAConflictIsOne() throws Exception {
    String seen = json(get("routes/shop/orders")).at("/splits/0/resourceVersion").asText();

    JsonNode dry = json(weights("{'orders-v1':90,'orders-v2':10}", ",'dryRun':true"));
    assertThat(dry.at("/after/spec/rules/0/backendRefs/1/weight").asInt()).isEqualTo(10);
    assertThat(dry.at("/before/spec/rules/0/backendRefs/1/weight").asInt()).isZero();
    assertThat(json(get("routes/shop/orders")).at("/splits/0/backends/1/weight").asInt()).isZero();

    String version = ",'resourceVersion':'" + seen + "'";
    assertThat(weights("{'orders-v1':90,'orders-v2':10}", version).statusCode()).isEqualTo(200);
    assertThat(weights("{'orders-v1':50,'orders-v2':50}", version).statusCode()).isEqualTo(409);
    assertThat(json(get("routes/shop/orders")).at("/splits/0/backends/1/share").asDouble())
        .isEqualTo(0.1);
    assertThat(json(get("history?limit=1")).at("/changes/0/author").asText()).isEqualTo("loopback");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'orders-v1':90}|weights.orders-v2: absent",
        "{'orders-v1':90,'orders-v2':-1}|weights.orders-v2: -1",
        "{'orders-v1':0,'orders-v2':0}|weights: sum to 0",
        "{'orders-v1':0,'orders-v3':1}|weights.orders-v3: unknown",
      })
  void weights_thatAreNone_areRefusedByName(String weights, String message) throws Exception {
    HttpResponse<String> answer = weights(weights, "");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).at("/error/message").asText()).startsWith(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'to':'orders-v3'|to: 'orders-v3' (expected: one of orders-v1, orders-v2)",
        "'to':'orders-v1'|to: 'orders-v1' has all calls (expected: one that has not)",
        "'to':'orders-v2','steps':[5,5]|steps: 5 (expected: whole percents",
        "'to':'orders-v2','steps':[0]|steps: 0 (expected: whole percents",
        "'to':'orders-v2','steps':[]|steps: 0 of them",
        "'to':'orders-v2','everySeconds':0|everySeconds: 0 (expected: 1 to 604800)",
        "'to':'orders-v2','guard':{'maxErrorShare':2}|guard.maxErrorShare: 2 (expected: 0 to 1",
        "'to':'orders-v2','guard':{'minCalls':0}|guard.minCalls: 0",
        "'to':'orders-v2','guard':{'fewCalls':'x'}|guard.fewCalls: 'x' (expected: hold or"
            + " rollback)",
        "'to':'orders-v2','guard':{'errors':1}|guard.errors: unknown",
        "'to':'orders-v2','speed':1|speed: unknown",
        "'to':'orders-v2','rule':7|split of shop/orders: none (expected: resource and rule, one of",
      })
  void ramp_badInput_isRefusedByName(String members, String message) throws Exception {
    HttpResponse<String> answer =
        post("ramps", quoted("{'service':'shop/orders'," + members + "}"));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(json(answer).at("/error/message").asText()).startsWith(message);
    assertThat(get("ramps").body()).doesNotContain("\"running\"");
  }

  @Test
  void ramp_serviceWithoutSplit_saysWhatIsExpected() throws Exception {
    HttpResponse<String> answer = post("ramps", quoted("{'service':'shop/carts','to':'v2'}"));

    assertThat(json(answer).at("/error/message").asText())
        .isEqualTo(
            "split of shop/carts: none (expected: a route with two backends, or a VirtualService"
                + " with two subsets)");
  }

  @Test
  void ramp_fromStartToAbort_isToldAndAudited() throws Exception {
    HttpResponse<String> started =
        post("ramps", quoted("{'service':'shop/orders','to':'orders-v2'}"));
    assertThat(started.statusCode()).as(started.body()).isEqualTo(200);
    String id = json(started).get("id").asText();
    assertThat(json(started).get("percent").asInt()).isEqualTo(1);
    assertThat(json(started).get("steps").toString()).isEqualTo("[1,5,10,25,50,100]");
    assertThat(json(get("routes/shop/orders")).at("/ramps/0/id").asText()).isEqualTo(id);
    assertThat(post("ramps", quoted("{'service':'shop/orders','to':'orders-v2'}")).statusCode())
        .isEqualTo(409);

    assertThat(json(post("ramps/" + id + "/pause", "")).get("state").asText()).isEqualTo("paused");
    assertThat(post("ramps/" + id + "/pause", "").statusCode()).isEqualTo(409);
    assertThat(json(post("ramps/" + id + "/resume", "")).get("state").asText())
        .isEqualTo("running");
    JsonNode aborted = json(post("ramps/" + id + "/abort", ""));
    assertThat(aborted.get("state").asText()).isEqualTo("aborted");
    assertThat(aborted.get("why").asText()).isEqualTo("aborted by loopback");
    assertThat(json(get("routes/shop/orders")).at("/splits/0/backends/1/weight").asInt()).isZero();
    assertThat(post("ramps/nobody/abort", "").statusCode()).isEqualTo(404);
    assertThat(get("ramps/" + id).body()).contains("step 1 of 6, 1 % to orders-v2");
    assertThat(get("audit").body())
        .contains("ramp.start", "ramp.step", "ramp.pause", "ramp.resume", "ramp.abort");
  }

  /** Who has joined is in the model a moment later. */
  private JsonNode bothVersions() throws Exception {
    long end = System.nanoTime() + 10_000_000_000L;
    JsonNode route;
    do {
      route = json(get("routes/shop/bills"));
    } while (route.path("versions").findValues("instances").stream().mapToInt(JsonNode::asInt).sum()
            < 3
        && System.nanoTime() < end);
    return route;
  }

  private TestWorkload workload(String instance) throws Exception {
    return TestWorkload.start(controller, dataDir, "shop", "bills", instance);
  }

  private HttpResponse<String> weights(String weights, String more) throws Exception {
    return post("routes/shop/orders/weights", quoted("{'weights':" + weights + more + "}"));
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path).GET());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpRequest.Builder request(String path) {
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
