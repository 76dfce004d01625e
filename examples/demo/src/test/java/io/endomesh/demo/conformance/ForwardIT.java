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
      mesh.showsAtLast(to("http://echo.mesh:8080/", 200));
      mesh.showsAtLast(to("grpc://echo.mesh:7070/", 0));

      atTheReceiver(receiver);
      atZipkin(zipkin);
      Await.until(
          "all that was reported",
          TOLD,
          () ->
              new Http()
                  .get(mesh.url() + "/metrics?name%5B%5D=endomesh_telemetry_spans_total")
                  .body()
                  .endsWith("endomesh_telemetry_spans_total " + receiver.spans().size() + "\n"));
      String metrics = new Http().get(mesh.url() + "/metrics").body();
      assertThat(metrics)
          .contains("endomesh_forward_dropped_total{endomesh_signal=\"traces\"} 0\n")
          .contains("endomesh_forward_dropped_total{endomesh_signal=\"zipkin\"} 0\n")
          .contains("endomesh_forward_failed_requests_total{endomesh_signal=\"metrics\"} 0\n");
      assertThat(mesh.ask("status").toString()).doesNotContain(OtlpReceiver.TOKEN);
      mesh.end();
    }
  }

  private static MeshCall to(String url, int status) {
    return MeshCall.of(Map.of("from", "consumer", "url", url, "status", status));
  }

  private static void atTheReceiver(OtlpReceiver receiver) {
    Await.until(CALLS + " calls at both ends", TOLD, () -> pairs(receiver.spans()) >= CALLS);
    Await.until("what was served by HTTP", TOLD, () -> receiver.served() >= MeshCall.SOME);
    assertThat(receiver.strangers()).isZero();
  }

  /** Requests that were served, and whose calls are there too. */
  private static long pairs(List<Span> spans) {
    Set<ByteString> calls =
        spans.stream()
            .filter(span -> span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT)
            .map(Span::getSpanId)
            .collect(Collectors.toSet());
    return spans.stream()
        .filter(span -> span.getKind() == Span.SpanKind.SPAN_KIND_SERVER)
        .filter(span -> calls.contains(span.getParentSpanId()))
        .count();
  }

  private static void atZipkin(Zipkin zipkin) {
    Await.until(CALLS + " traces at Zipkin", TOLD, () -> whole(zipkin) >= CALLS);
  }

  /** Traces of a call and the request that it was, as Zipkin tells them. */
  private static int whole(Zipkin zipkin) {
    int whole = 0;
    for (JsonNode trace : zipkin.api("traces?serviceName=echo&limit=1000")) {
      boolean calls = !trace.path(0).has("parentId");
      JsonNode call = trace.path(calls ? 0 : 1);
      JsonNode request = trace.path(calls ? 1 : 0);
      if (call.path("kind").asText().equals("CLIENT")
          && call.at("/remoteEndpoint/serviceName").asText().equals("echo.mesh")
          && request.path("kind").asText().equals("SERVER")
          && request.path("parentId").asText().equals(call.path("id").asText())
          && request.at("/tags/service.namespace").asText().equals("mesh")) {
        whole++;
      }
    }
    return whole;
  }
}
