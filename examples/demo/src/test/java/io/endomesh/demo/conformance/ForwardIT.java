package io.endomesh.demo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.endomesh.demo.Await;
import io.endomesh.demo.Http;
import io.endomesh.demo.Installation;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A receiver of OTLP and a real Zipkin get what the agents of a mesh report. */
@Timeout(240)
class ForwardIT {

  private static final int CALLS = 2 * MeshCall.SOME;

  /** A report each second, and a machine that is busy. */
  private static final Duration TOLD = Duration.ofSeconds(30);

  @TempDir private Path run;

  @Test
  void telemetry_ofTheMesh_arrivesByOtlpAndAtZipkin() throws Exception {
    Path home = Path.of(System.getProperty("endomesh.home"));
    Path headers =
        Files.writeString(run.resolve("headers"), "Authorization: " + OtlpReceiver.TOKEN + "\n");
    try (OtlpReceiver receiver = new OtlpReceiver();
        Zipkin zipkin = new Zipkin(home, run);
        EchoMesh mesh =
            new EchoMesh(
                new Installation(home),
                run,
                List.of(
                    "--otlp-endpoint=" + receiver.address(),
                    "--otlp-headers-file=" + headers,
                    "--otlp-metrics-interval=PT1S",
                    "--zipkin-endpoint=" + zipkin.address()))) {
      for (String url : List.of("http://echo.mesh:8080/", "grpc://echo.mesh:7070/")) {
        mesh.make(MeshCall.of(Map.of("from", "consumer", "url", url)));
      }

      atTheReceiver(receiver);
      atZipkin(zipkin);
      String metrics = new Http().get(mesh.url() + "/metrics").body();
      assertThat(metrics)
          .contains("endomesh_forward_dropped_total{endomesh_signal=\"traces\"} 0\n")
          .contains("endomesh_forward_dropped_total{endomesh_signal=\"zipkin\"} 0\n")
          .contains("endomesh_forward_failed_requests_total{endomesh_signal=\"metrics\"} 0\n");
      assertThat(mesh.ask("status").toString()).doesNotContain(OtlpReceiver.TOKEN);
      mesh.end();
    }
  }

  private static void atTheReceiver(OtlpReceiver receiver) {
    Await.until(
        CALLS + " calls at both ends",
        TOLD,
        () ->
            receiver.spans(Span.SpanKind.SPAN_KIND_CLIENT).size() == CALLS
                && receiver.spans(Span.SpanKind.SPAN_KIND_SERVER).size() == CALLS);
    Set<ByteString> calls =
        receiver.spans(Span.SpanKind.SPAN_KIND_CLIENT).stream()
            .map(Span::getSpanId)
            .collect(Collectors.toSet());
    assertThat(calls).hasSize(CALLS);
    assertThat(receiver.spans(Span.SpanKind.SPAN_KIND_SERVER))
        .allSatisfy(span -> assertThat(calls).contains(span.getParentSpanId()));
    Await.until(
        "what was served by HTTP", TOLD, () -> receiver.served() == MeshCall.SOME);
    assertThat(receiver.strangers()).isZero();
  }

  private static void atZipkin(Zipkin zipkin) {
    Await.until(
        CALLS + " traces at Zipkin",
        TOLD,
        () -> {
          JsonNode traces = zipkin.api("traces?serviceName=echo&limit=1000");
          for (JsonNode trace : traces) {
            if (trace.size() != 2) {
              return false;
            }
          }
          return traces.size() == CALLS;
        });
    for (JsonNode trace : zipkin.api("traces?serviceName=echo&limit=1000")) {
      JsonNode first = trace.get(0).has("parentId") ? trace.get(1) : trace.get(0);
      JsonNode second = first == trace.get(0) ? trace.get(1) : trace.get(0);
      assertThat(first.get("kind").asText()).isEqualTo("CLIENT");
      assertThat(first.at("/remoteEndpoint/serviceName").asText()).isEqualTo("echo.mesh");
      assertThat(second.get("kind").asText()).isEqualTo("SERVER");
      assertThat(second.get("parentId").asText()).isEqualTo(first.get("id").asText());
      assertThat(second.at("/tags/service.namespace").asText()).isEqualTo("mesh");
    }
  }
}
