package io.endomesh.controller.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.DeltaClient;
import io.endomesh.controller.TestWorkload;
import io.endomesh.controller.translate.ResourceType;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MetricsPartTest {

  @TempDir Path dataDir;
  private Controller controller;

  private void start(boolean loginRequired) throws Exception {
    ControllerOptions defaults = ControllerOptions.onFreePort(dataDir);
    controller =
        Controller.start(
            new ControllerOptions(
                defaults.host(),
                0,
                null,
                dataDir,
                defaults.trustDomain(),
                Duration.ofHours(1),
                null,
                loginRequired));
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  private HttpResponse<String> get(String path, Map<String, String> headers) throws Exception {
    return TestWorkload.http(controller, "GET", path, "", headers);
  }

  private String token(String scope) throws Exception {
    String admin = Files.readString(dataDir.resolve("admin-token")).trim();
    HttpResponse<String> made =
        TestWorkload.http(
            controller,
            "POST",
            "/api/v1/api-tokens",
            "{\"name\":\"" + scope + "\",\"scopes\":[\"" + scope + "\"]}",
            Map.of("authorization", "Bearer " + admin));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return "Bearer " + new ObjectMapper().readTree(made.body()).required("token").asText();
  }

  @Test
  void metrics_withoutTheRightToRead_areRefused() throws Exception {
    start(true);

    assertThat(get("/metrics", Map.of()).statusCode()).isEqualTo(401);
    assertThat(get("/metrics", Map.of("authorization", "Bearer ema_guess")).statusCode())
        .isEqualTo(401);
    assertThat(get("/metrics", Map.of("authorization", token("apply"))).statusCode())
        .isEqualTo(403);
    // One namespace is not the mesh.
    assertThat(get("/metrics", Map.of("authorization", token("read:shop"))).statusCode())
        .isEqualTo(403);
    HttpResponse<String> answer = get("/metrics", Map.of("authorization", token("read")));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("endomesh_build_info{version=");
  }

  @Test
  void metrics_ofAWorkloadThatAcknowledgesAndRejects_countIt() throws Exception {
    start(false);
    try (TestWorkload orders =
            TestWorkload.start(controller, dataDir, "shop", "orders", "orders-1");
        TestWorkload web = TestWorkload.start(controller, dataDir, "shop", "web", "web-1")) {
      orders.join(Map.of(), 18080);
      DeltaClient client = new DeltaClient(web);
      client.subscribe(ResourceType.LISTENER, "orders");
      client.ack(client.found());
      client.subscribe(ResourceType.ROUTE, "orders.shop:18080");
      client.found();

      String body = awaited("endomesh_xds_responses_acknowledged_total 1\n");
      assertThat(body)
          .contains("endomesh_xds_responses_sent_total 2\n")
          .contains("endomesh_xds_responses_rejected_total 0\n")
          .contains("endomesh_xds_streams{endomesh_state=\"waiting\"} 1\n")
          .contains(
              "endomesh_workloads{service_namespace=\"shop\",service_name=\"orders\","
                  + "endomesh_connection=\"open\"} 1\n")
          .contains("endomesh_connection=\"lost\"} 0\n")
          .contains("process_cpu_seconds_total ")
          .contains("jvm_memory_used_bytes{jvm_memory_type=\"heap\"} ");
      assertThat(body.lines().filter(line -> line.startsWith("endomesh_ca_cert")).count())
          .isEqualTo(1);
    }
  }

  /** An acknowledgement is on its way. */
  private String awaited(String line) throws Exception {
    String body = "";
    while (!body.contains(line)) {
      body = get("/metrics", Map.of()).body();
    }
    return body;
  }

  @Test
  void metrics_asAsked_areOpenMetricsTextOrSomeOfIt() throws Exception {
    start(false);

    HttpResponse<String> text = get("/metrics", Map.of("accept", "text/plain"));
    assertThat(text.headers().firstValue("content-type").orElse(""))
        .startsWith("text/plain; version=0.0.4");
    HttpResponse<String> open =
        get("/metrics", Map.of("accept", "application/openmetrics-text;version=1.0.0,*/*;q=0.1"));
    assertThat(open.headers().firstValue("content-type").orElse(""))
        .startsWith("application/openmetrics-text; version=1.0.0");
    assertThat(open.body()).endsWith("# EOF\n");
    assertThat(
            get("/metrics?name%5B%5D=endomesh_services&name%5B%5D=endomesh_resources", Map.of())
                .body()
                .lines()
                .filter(line -> !line.startsWith("#")))
        .containsExactly("endomesh_services 0", "endomesh_resources 0");
    assertThat(
            get("/metrics", Map.of("accept-encoding", "gzip"))
                .headers()
                .firstValue("content-encoding"))
        .hasValue("gzip");
  }

  @Test
  void families_areAllWrittenAndNoOthers() throws Exception {
    start(false);

    String body = get("/metrics", Map.of()).body();

    assertThat(
            body.lines().filter(line -> line.startsWith("# TYPE ")).map(line -> line.split(" ")[2]))
        .containsExactlyElementsOf(
            Family.all().stream()
                .map(Family::queried)
                .filter(name -> body.contains("# TYPE " + name + " "))
                .toList());
    assertThat(Family.all())
        .allSatisfy(family -> assertThat(body).contains("# HELP " + family.queried() + " "));
  }
}
