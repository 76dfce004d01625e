package io.endomesh.demo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.demo.Await;
import io.endomesh.demo.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A ramp looks at calls that are really made: a bad version is taken back, a good one gets all. */
@Timeout(180)
class RampIT {

  private static final Duration ENDS = Duration.ofSeconds(60);

  private static final String SPLIT =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: canary, namespace: mesh}
      spec:
        parentRefs: [{group: "", kind: Service, name: echo}]
        rules:
        - backendRefs: [{name: echo-v1, port: 8080}, {name: echo-v2, port: 8080, weight: 0}]
      """;

  private static final String RAMP =
      """
      {"service":"mesh/echo","to":"echo-v2","steps":[20,60,100],"everySeconds":2,
       "guard":{"maxErrorShare":0.1,"minCalls":10}}
      """;

  @TempDir private Path run;

  @Test
  void ramp_badVersionIsRolledBack_goodOneGetsAllCalls() throws Exception {
    Installation installation = new Installation(Path.of(System.getProperty("endomesh.home")));
    try (EchoMesh mesh = new EchoMesh(installation, run)) {
      mesh.apply(SPLIT);

      JsonNode bad = ended(mesh, Map.of("x-fail", "echo-v2"));
      assertThat(bad.get("state").asText()).as(bad.toString()).isEqualTo("rolled-back");
      assertThat(bad.get("why").asText()).matches(".* % of \\d+ calls to echo-v2 failed .*");
      assertThat(weights(mesh)).isEqualTo("1 0");

      // What failed before is told a moment later, and would be held against the next.
      Await.until(
          "the end of what is told of the bad one",
          ENDS,
          () ->
              mesh.ask("routes/mesh/echo").at("/splits/0/backends/1/requestsPerSecond").asDouble()
                  == 0);
      JsonNode good = ended(mesh, Map.of());
      assertThat(good.get("state").asText()).as(good.toString()).isEqualTo("done");
      assertThat(weights(mesh)).isEqualTo("0 100");
      mesh.showsInTime(
          MeshCall.of(
              Map.of(
                  "from", "consumer", "url", "http://echo.mesh:8080/", "answeredBy", "echo-v2")));
      mesh.end();
    }
  }

  /** A ramp under calls that are all the time made, until it has ended. */
  private static JsonNode ended(EchoMesh mesh, Map<String, Object> headers) throws IOException {
    String path = "ramps/" + mesh.ask("ramps", RAMP).get("id").asText();
    MeshCall calls =
        MeshCall.of(
            Map.of(
                "from",
                "consumer",
                "url",
                "http://echo.mesh:8080/",
                "headers",
                headers,
                "shares",
                Map.of("echo-v1", 1.0)));
    Await.until(
        "the end of the ramp",
        ENDS,
        () -> {
          make(mesh, calls);
          return !mesh.ask(path).get("endedAt").isNull();
        });
    return mesh.ask(path);
  }

  private static void make(EchoMesh mesh, MeshCall calls) {
    try {
      mesh.make(calls);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String weights(EchoMesh mesh) {
    JsonNode backends = mesh.ask("routes/mesh/echo").at("/splits/0/backends");
    return backends.at("/0/weight").asText() + " " + backends.at("/1/weight").asText();
  }
}
