package io.endomesh.demo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.demo.Await;
import io.endomesh.demo.CheckFailed;
import io.endomesh.demo.Installation;
import io.endomesh.demo.Spoken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A limit server that is not ours counts for both instances of {@code echo}: once as a workload of
 * the mesh that takes nothing but mutual TLS of its callers, once outside the mesh.
 */
@Timeout(180)
class LimitServerIT {

  private static final Duration IN_FORCE = Duration.ofSeconds(20);
  private static final String SERVER = "sample.limits.Limits";

  /** Of a caller, as the configuration of the server says. */
  private static final int LIMIT = 10;

  private static final int CALLS = 20;

  /** Far more than an answer takes. */
  private static final String TIMEOUT = "1s";

  /** Half of what {@link #CALLS} would take if each waited for the timeout. */
  private static final Duration WAITED = Duration.ofSeconds(10);

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

  private static String configuration() throws Exception {
    return Path.of(LimitServerIT.class.getResource("/limits/config.yaml").toURI()).toString();
  }

  /** Calls of {@code /refused} are over their limit from the first on: they tell when it holds. */
  private static String policy(String name, String host, boolean failClosed) {
    return """
    apiVersion: endomesh.io/v1
    kind: RateLimitPolicy
    metadata: {name: %s, namespace: mesh}
    spec:
      targetRefs: [{group: "", kind: Service, name: echo}]
      scope: Global
      server: {host: %s, port: 8081, domain: shop}
      timeout: %s
      failClosed: %s
      limits:
        - {name: refused, match: {path: {type: Exact, value: /refused}}}
        - {name: each, match: {path: {type: Exact, value: /each}}, key: caller}
    """
        .formatted(name, host, TIMEOUT, failClosed);
  }

  private static final String OWNERS =
      """
      ---
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: strict, namespace: infra}
      spec: {mtls: {mode: STRICT}}
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: limits, namespace: infra}
      spec:
        rules: [{from: [{source: {namespaces: [mesh]}}]}]
      """;

  /** By name, so that the agents ask DNS. */
  private static final String ENTRY =
      """
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: limits, namespace: mesh}
      spec:
        hosts: [limits.example]
        location: MESH_EXTERNAL
        resolution: DNS
        ports: [{number: 8081, name: grpc, protocol: GRPC, targetPort: %s}]
        endpoints: [{address: localhost}]
      """;

  @Test
  void server_ofTheMesh_countsForBothInstances_andNobodyWaitsWhileItIsAway() throws Exception {
    mesh.apply(policy("counted", "limits.infra", true) + OWNERS);
    String path = "namespaces/mesh/ratelimitpolicies/counted";
    assertThat(mesh.complaints(path))
        .singleElement()
        .asString()
        .startsWith("ResolvedRefs: server: no service infra/limits");
    try (Spoken first = mesh.join("infra", "limits", SERVER, configuration())) {
      awaitAll("/refused", 429);
      assertThat(mesh.complaints(path)).isEmpty();

      int before = asked(first);
      JsonNode answer = calls("/each");
      assertThat(byBoth(answer)).isEqualTo(LIMIT);
      assertThat(answer.get("status").asInt()).isEqualTo(429);
      assertThat(header(answer, "x-endomesh-decided-by")).isEqualTo("RateLimitPolicy/mesh/counted");
      assertThat(header(answer, "x-envoy-ratelimited")).isEqualTo("true");
      assertThat(header(answer, "x-ratelimit-limit")).isEqualTo(Integer.toString(LIMIT));
      // Each instance asks once about a caller that is over, and remembers it.
      assertThat(asked(first) - before).isBetween(LIMIT + 1, LIMIT + 2);
    }

    awaitAll("/elsewhere", 200);
    awaitAll("/refused", 503);
    assertThat(timeOf("/refused", 503)).isLessThan(WAITED);

    try (Spoken second = mesh.join("infra", "limits", SERVER, configuration())) {
      awaitAll("/refused", 429);
      assertThat(asked(second)).isPositive();
      // Another caller: what the first server said of the one before still holds.
      assertThat(byBoth(calls("echo-v1", "/each"))).isEqualTo(LIMIT);
      delete(
          path,
          "namespaces/infra/peerauthentications/strict",
          "namespaces/infra/authorizationpolicies/limits");
      assertThat(second.end()).as(second.said()).isZero();
      assertThat(second.said()).doesNotContain("endomesh ERROR", "suppressed");
    }
  }

  @Test
  void server_outsideTheMesh_isAskedInPlaintext_andCallsAreLetThroughWithoutIt() throws Exception {
    try (Spoken server = mesh.outside(SERVER, configuration())) {
      String port = server.after("serving ");
      mesh.apply(policy("outside", "limits.example", false) + ENTRY.formatted(port));
      assertThat(mesh.complaints("namespaces/mesh/ratelimitpolicies/outside")).isEmpty();
      awaitAll("/refused", 429);
      assertThat(byBoth(calls("/each"))).isEqualTo(LIMIT);
    }
    awaitAll("/refused", 200);
    assertThat(timeOf("/refused", 200)).isLessThan(WAITED);
    delete("namespaces/mesh/ratelimitpolicies/outside", "namespaces/mesh/serviceentries/limits");
  }

  private static void delete(String... paths) {
    mesh.delete(Stream.of(paths).map(path -> "/api/v1/" + path).toList());
  }

  private static JsonNode calls(String path) throws Exception {
    return calls("consumer", path);
  }

  private static JsonNode calls(String from, String path) throws Exception {
    return mesh.make(MeshCall.of(Map.of("from", from, "url", "http://echo.mesh:8080" + path)));
  }

  /** Until all of some calls, which both instances get of, are answered so. */
  private static void awaitAll(String path, int status) {
    AtomicReference<String> last = new AtomicReference<>("nothing");
    try {
      Await.until(
          path + " answered with " + status, IN_FORCE, () -> allAnswered(path, status, last));
    } catch (CheckFailed late) {
      throw new AssertionError(late.getMessage() + ": " + last.get(), late);
    }
  }

  private static boolean allAnswered(String path, int status, AtomicReference<String> last) {
    try {
      JsonNode answer = calls(path);
      last.set(answer.toString());
      int answered = status == 200 ? byBoth(answer) : answer.at("/seen/").asInt();
      return answered == CALLS && answer.get("status").asInt() == status;
    } catch (Exception e) {
      throw new AssertionError(path, e);
    }
  }

  private static Duration timeOf(String path, int status) throws Exception {
    long start = System.nanoTime();
    assertThat(calls(path).get("status").asInt()).isEqualTo(status);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** How many calls the application answered. */
  private static int byBoth(JsonNode answer) {
    JsonNode seen = answer.get("seen");
    return seen.path("echo-v1").asInt() + seen.path("echo-v2").asInt();
  }

  private static String header(JsonNode answer, String name) {
    return answer.get("headers").path(name).asText();
  }

  private static int asked(Spoken server) throws Exception {
    server.say("");
    return Integer.parseInt(server.after("asked "));
  }
}
