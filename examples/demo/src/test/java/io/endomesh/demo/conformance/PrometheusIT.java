package io.endomesh.demo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.demo.Await;
import io.endomesh.demo.CheckFailed;
import io.endomesh.demo.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus scrapes the mesh, and knows what was called. */
@Timeout(180)
class PrometheusIT {

  /** Of either kind, before others: rates are of what grows, not of what begins. */
  private static final int FIRST = MeshCall.SOME;

  private static final int HTTP_CALLS = 3 * MeshCall.SOME;
  private static final int GRPC_CALLS = 2 * MeshCall.SOME;

  /** A report each second, a scrape each second, and a machine that is busy. */
  private static final Duration TOLD = Duration.ofSeconds(30);

  private static final String REQUESTS =
      "sum by (destination_service_name) (istio_requests_total{reporter=\"source\","
          + "destination_service_name=\"echo\",request_protocol=\"%s\"})";

  @TempDir private Path run;

  @Test
  void prometheus_scrapesTheController_andAnswersWhatWasCalled() throws Exception {
    if (!Files.isExecutable(Prometheus.EXECUTABLE)) {
      // In CI nothing is skipped.
      assertThat(System.getenv("CI")).as("no Prometheus here").isNull();
    }
    assumeTrue(
        Files.isExecutable(Prometheus.EXECUTABLE),
        "no Prometheus here (expected: the package prometheus)");
    Path home = Path.of(System.getProperty("endomesh.home"));
    try (EchoMesh mesh = new EchoMesh(new Installation(home), run)) {
      mesh.showsAtLast(to("http://echo-v1.mesh:8080/"));
      mesh.showsAtLast(to("grpc://echo-v1.mesh:7070/"));
      call(mesh, "http://echo.mesh:8080/", FIRST);
      call(mesh, "grpc://echo.mesh:7070/", FIRST);
      try (Prometheus prometheus = Prometheus.start(run, configuration(mesh, home))) {
        awaitTold(prometheus, "http", FIRST);
        awaitTold(prometheus, "grpc", FIRST);

        call(mesh, "http://echo.mesh:8080/", HTTP_CALLS);
        call(mesh, "grpc://echo.mesh:7070/", GRPC_CALLS);

        awaitTold(prometheus, "http", FIRST + HTTP_CALLS);
        awaitTold(prometheus, "grpc", FIRST + GRPC_CALLS);
        asCallersSeeIt(prometheus);
        byOpenTelemetrysNames(prometheus);
        ofIstiosDashboards(prometheus);
        ofOurDashboardsAndAlerts(prometheus, home);
        assertThat(
                prometheus.query(
                    "endomesh_workloads{endomesh_connection=\"open\"} > 0", "service_name"))
            .containsKeys("echo");
        assertThat(prometheus.query("up", "job")).containsExactly(Map.entry("endomesh", 1.0));
      }
      mesh.end();
    }
  }

  private static String configuration(EchoMesh mesh, Path home) throws IOException {
    return """
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: [%s]
        scrape_configs:
        - job_name: endomesh
          authorization: {credentials: %s}
          static_configs: [{targets: ["%s"]}]
        """
        .formatted(
            home.resolve("docs/prometheus/alerts.yml"),
            mesh.apiToken("read"),
            mesh.url().substring("http://".length()));
  }

  private static MeshCall to(String url) {
    int ok = url.startsWith("grpc:") ? 0 : 200;
    return MeshCall.of(Map.of("from", "consumer", "url", url, "status", ok));
  }

  private static void call(EchoMesh mesh, String url, int count) throws Exception {
    MeshCall calls = to(url);
    for (int made = 0; made < count; made += calls.count()) {
      JsonNode answer = mesh.make(calls);
      assertThat(calls.differences(answer)).as(answer.toString()).isEmpty();
    }
  }

  /** The caller has told so many, as it told them itself. */
  private static void awaitTold(Prometheus prometheus, String protocol, int calls) {
    String query = REQUESTS.formatted(protocol);
    AtomicReference<Map<String, Double>> seen = new AtomicReference<>(Map.of());
    try {
      Await.until(
          calls + " calls by " + protocol,
          TOLD,
          () -> {
            seen.set(told(prometheus, query));
            return seen.get().equals(Map.of("echo", (double) calls));
          });
    } catch (CheckFailed late) {
      throw new AssertionError(
          late.getMessage() + ": " + seen + ", and " + told(prometheus, "up == 0"), late);
    }
  }

  private static Map<String, Double> told(Prometheus prometheus, String query) {
    try {
      return prometheus.query(query, "destination_service_name");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void asCallersSeeIt(Prometheus prometheus) throws IOException {
    assertThat(
            prometheus.query(
                "sum by (destination_service_name) (istio_requests_total{reporter=\"source\","
                    + "destination_service_name=\"echo\",source_workload_namespace=\"consumer\",destination_service_namespace=\"mesh\"})",
                "destination_service_name"))
        .isEqualTo(Map.of("echo", (double) (2 * FIRST + HTTP_CALLS + GRPC_CALLS)));
    // Increases are of the scrapes within, stretched over the whole range.
    double increase =
        prometheus
            .query(
                "sum by (destination_service_name) (increase(istio_requests_total{"
                    + "reporter=\"source\",destination_service_name=\"echo\"}[2m]))",
                "destination_service_name")
            .get("echo");
    assertThat(increase)
        .isBetween((HTTP_CALLS + GRPC_CALLS) * 0.8, (HTTP_CALLS + GRPC_CALLS) * 2.5);
  }

  private static void byOpenTelemetrysNames(Prometheus prometheus) throws IOException {
    assertThat(
            prometheus.query(
                "sum by (http_response_status_code) (http_client_request_duration_seconds_count{"
                    + "service_name=\"echo\",endomesh_destination=\"echo.mesh\"})",
                "http_response_status_code"))
        .isEqualTo(Map.of("200", (double) (FIRST + HTTP_CALLS)));
    assertThat(
            prometheus.query(
                "sum by (endomesh_caller) (http_server_request_duration_seconds_count)",
                "endomesh_caller"))
        .containsOnlyKeys("spiffe://endomesh.local/ns/consumer/sa/echo");
    Map<String, Double> versions =
        prometheus.query(
            "sum by (service_version) (rpc_server_call_duration_seconds_count)", "service_version");
    assertThat(versions).containsOnlyKeys("v1", "v2");
    // The other end tells a moment later, and of what came before, too.
    assertThat(versions.get("v1") + versions.get("v2")).isGreaterThanOrEqualTo(FIRST);
    assertThat(
            prometheus.query(
                "histogram_quantile(0.5, sum by (le) (http_client_request_duration_seconds_bucket))",
                "none"))
        .hasSize(1)
        .allSatisfy((none, seconds) -> assertThat(seconds).isBetween(0.0, 5.0));
  }

  /** As the mesh, service and workload dashboards of Istio ask. */
  private static void ofIstiosDashboards(Prometheus prometheus) throws IOException {
    String service = "destination_service=~\"echo.mesh.svc.cluster.local\"";
    assertThat(
            prometheus.query(
                "round(sum(irate(istio_requests_total{reporter=~\"source\","
                    + service
                    + "}[1m])), 0.001)",
                "none"))
        .hasSize(1);
    assertThat(
            prometheus.query(
                "sum(rate(istio_requests_total{reporter=~\"destination\","
                    + service
                    + ",response_code!~\"5.*\",connection_security_policy=\"mutual_tls\"}[1m]))"
                    + " / sum(rate(istio_requests_total{reporter=~\"destination\","
                    + service
                    + "}[1m]))",
                "none"))
        .containsValue(1.0);
    assertThat(
            prometheus.query(
                "histogram_quantile(0.99, sum(rate(istio_request_duration_milliseconds_bucket{"
                    + "reporter=~\"destination\",destination_workload=~\"echo\","
                    + "destination_workload_namespace=~\"mesh\"}[1m])) by (le, destination_version))",
                "destination_version"))
        .containsOnlyKeys("v1", "v2");
    assertThat(
            prometheus.query(
                "sum(istio_requests_total) by (source_workload, destination_canonical_service)",
                "source_workload"))
        .isNotEmpty();
  }

  /** Prometheus takes each of them. */
  private static void ofOurDashboardsAndAlerts(Prometheus prometheus, Path home)
      throws IOException {
    List<String> queries = new ArrayList<>();
    try (Stream<Path> boards = Files.list(home.resolve("docs/grafana"))) {
      for (Path board : boards.toList()) {
        new ObjectMapper()
            .readTree(Files.readString(board))
            .findValues("expr")
            .forEach(query -> queries.add(query.asText()));
      }
    }
    List<String> silent = new ArrayList<>();
    for (String query : queries) {
      String asked =
          query
              .replace("$__rate_interval", "1m")
              .replace("$namespace", "mesh")
              .replace("$service", "echo");
      JsonNode data =
          prometheus.api("query?query=" + URLEncoder.encode(asked, StandardCharsets.UTF_8));
      if (data.get("result").isEmpty()) {
        silent.add(asked);
      }
    }
    // Nothing failed, was refused or repeated, and there is no database; all else is shown.
    assertThat(silent)
        .allSatisfy(
            query ->
                assertThat(query)
                    .containsAnyOf(
                        "grpc_response_status=~",
                        "5..|0",
                        "endomesh_policy",
                        "endomesh_retry",
                        "db_",
                        "source_workload=\"echo\""));
    for (JsonNode group : prometheus.api("rules").get("groups")) {
      for (JsonNode rule : group.get("rules")) {
        assertThat(rule.path("lastError").asText()).as(rule.toString()).isEmpty();
        assertThat(rule.get("state").asText()).as(rule.toString()).isEqualTo("inactive");
      }
    }
  }
}
