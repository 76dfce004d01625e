package io.endomesh.demo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.demo.Await;
import io.endomesh.demo.Installation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** However many services the controller knows, a workload holds those that it calls. */
@Timeout(180)
class ManyServicesIT {

  private static final int KNOWN = 1_000;
  private static final int ENDPOINTS = 10;
  private static final List<Integer> CALLED = List.of(0, 1, 500, 998, 999);

  @TempDir private Path run;

  @Test
  void workload_callsFiveOfAThousandServices_holdsFive() throws Exception {
    Installation installation = new Installation(Path.of(System.getProperty("endomesh.home")));
    try (EchoMesh mesh = new EchoMesh(installation, run)) {
      mesh.apply(
          IntStream.range(0, KNOWN)
              .mapToObj(ManyServicesIT::entry)
              .collect(Collectors.joining("---\n")));

      for (int service : CALLED) {
        mesh.showsInTime(
            MeshCall.of(
                Map.of(
                    "from",
                    "consumer",
                    "url",
                    "http://service-" + service + ".example/",
                    "answeredBy",
                    "partner")));
      }

      // What it tells the controller comes a moment after the calls.
      Await.until(
          "all acknowledged",
          Duration.ofSeconds(10),
          () -> mesh.configuration("consumer").get("upToDate").asBoolean());
      JsonNode held = mesh.configuration("consumer").get("subscriptions");
      for (String type : List.of("RouteConfiguration", "Cluster", "ClusterLoadAssignment")) {
        assertThat(held.get(type).asInt()).as(held.toString()).isEqualTo(CALLED.size());
      }
      mesh.end();
    }
  }

  private static String entry(int service) {
    String endpoint = "{address: 127.0.0.1, labels: {instance: '%d'}}";
    return """
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: service-%1$d, namespace: mesh}
    spec:
      hosts: [service-%1$d.example]
      location: MESH_EXTERNAL
      resolution: STATIC
      ports: [{number: 80, name: http, protocol: HTTP, targetPort: {port of partner}}]
      endpoints: [%2$s]
    """
        .formatted(
            service,
            IntStream.range(0, ENDPOINTS)
                .mapToObj(endpoint::formatted)
                .collect(Collectors.joining(", ")));
  }
}
