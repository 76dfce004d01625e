package io.endomesh.demo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.demo.Installation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gateway API's MESH conformance cases, and cases of our own of the same form for what Gateway API
 * has none for, between real processes. A case is applied, then each of its calls is made until it
 * shows what it must, as Gateway API's own suite does it; and once all did, all but those that
 * chance divides are made again, and must show it at once.
 */
@Timeout(180)
class MeshConformanceIT {

  /** Long enough for hundreds of calls in its first fourth. */
  private static final Duration WINDOW = Duration.ofSeconds(5);

  private static final String WARMING_UP =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: warming, namespace: mesh}
      spec:
        host: warming.example
        trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN, warmup: {duration: 5s}}}
      ---
      """;

  private static final String ENTRY =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: warming, namespace: mesh}
      spec:
        hosts: [warming.example]
        location: MESH_EXTERNAL
        resolution: STATIC
        ports: [{number: 80, name: http, protocol: HTTP}]
        endpoints: [%s]
      """;

  @TempDir private static Path run;
  private static EchoMesh mesh;

  @BeforeAll
  static void start() throws Exception {
    mesh = new EchoMesh(new Installation(Path.of(System.getProperty("endomesh.home"))), run);
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      mesh.end();
    } finally {
      mesh.close();
    }
  }

  static List<MeshCase> cases() throws Exception {
    List<MeshCase> cases = new ArrayList<>(MeshCase.all("gateway-api"));
    cases.addAll(MeshCase.all("policies"));
    return cases;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void mesh_appliedAsTheCaseSays_showsWhatItMust(MeshCase theCase) throws Exception {
    if (!theCase.resources().isEmpty()) {
      mesh.apply(theCase.resources());
    }
    try {
      for (MeshCall call : theCase.calls()) {
        mesh.showsInTime(call);
      }
      for (MeshCall call : theCase.calls().stream().filter(MeshCall::exact).toList()) {
        assertThat(call.differences(mesh.make(call))).as(call.toString()).isEmpty();
      }
    } finally {
      mesh.delete(theCase.paths());
    }
  }

  /**
   * The endpoint that is there first has to serve; the second has to warm up. While less than a
   * fourth of its window has passed, it gets at most a fourth of the first one's calls.
   */
  @Test
  void endpoint_thatJoinsAClusterThatWarmsUp_getsItsShareLittleByLittle() throws Exception {
    mesh.apply(
        WARMING_UP + ENTRY.formatted("{address: 127.0.0.1, ports: {http: {port of first}}}"));
    mesh.showsInTime(call(Map.of("answeredBy", "first")));
    long start = System.nanoTime();
    mesh.apply(
        ENTRY.formatted(
            "{address: 127.0.0.1, ports: {http: {port of first}}},"
                + " {address: 127.0.0.1, ports: {http: {port of second}}}"));
    int young = 0;
    int calls = 0;
    while (true) {
      int ofSecond = seen("second");
      if (System.nanoTime() - start > WINDOW.toNanos() / 4) {
        break;
      }
      young += ofSecond;
      calls += MeshCall.SOME;
    }
    double deviation = Math.sqrt(calls * 0.2 * 0.8);
    assertThat((double) young)
        .as("calls of %s that the second endpoint got while it was young", calls)
        .isLessThanOrEqualTo(calls * 0.2 + 5 * deviation);
    mesh.showsInTime(call(Map.of("shares", Map.of("first", 0.5, "second", 0.5))));
    mesh.delete(
        List.of(
            "/api/v1/namespaces/mesh/serviceentries/warming",
            "/api/v1/namespaces/mesh/destinationrules/warming"));
  }

  private static int seen(String name) throws Exception {
    return mesh.make(call(Map.of())).path("seen").path(name).asInt();
  }

  private static MeshCall call(Map<String, Object> seen) {
    Map<String, Object> fields = new HashMap<>(seen);
    fields.put("url", "http://warming.example/");
    return MeshCall.of(fields);
  }
}
