package io.endomesh.demo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.demo.Installation;
import io.endomesh.demo.Spoken;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is not ours decides about calls of {@code echo} (AuthorizationPolicy, action
 * CUSTOM): as a workload of the mesh that takes nothing but mutual TLS of those who ask.
 */
@Timeout(180)
class ExternalAuthorizationIT {

  private static final String SERVER = "sample.checks.Checks";
  private static final String ASKED = "http://echo.mesh:8080/asked";
  private static final String POLICY = "namespaces/mesh/authorizationpolicies/ask";
  private static final String PROVIDER = "namespaces/mesh/extauthzproviders/checks";
  private static final int UNAUTHENTICATED = 16;
  private static final int PERMISSION_DENIED = 7;

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

  private static String provider(boolean failOpen) {
    return """
    ---
    apiVersion: endomesh.io/v1
    kind: ExtAuthzProvider
    metadata: {name: checks, namespace: mesh}
    spec: {service: checks.infra, port: 9191, timeout: 1s, failOpen: %s}
    """
        .formatted(failOpen);
  }

  private static final String RESOURCES =
      """
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: ask, namespace: mesh}
      spec:
        targetRefs: [{group: "", kind: Service, name: echo}]
        action: CUSTOM
        provider: {name: checks}
        rules: [{to: [{operation: {paths: [/asked*, /sample.Echo/*]}}]}]
      ---
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: strict, namespace: infra}
      spec: {mtls: {mode: STRICT}}
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: checks, namespace: infra}
      spec:
        rules: [{from: [{source: {namespaces: [mesh]}}]}]
      """;

  @Test
  void server_ofTheMesh_decides_andNobodyIsLetInWhileItIsAway() throws Exception {
    mesh.apply(RESOURCES);
    assertThat(mesh.complaints(POLICY))
        .singleElement()
        .asString()
        .startsWith("ResolvedRefs: provider: no ExtAuthzProvider checks");
    shows("without a provider", ASKED, "good", Map.of("status", 403));

    mesh.apply(provider(/* failOpen= */ false));
    assertThat(mesh.complaints(POLICY)).isEmpty();
    assertThat(mesh.complaints(PROVIDER))
        .singleElement()
        .asString()
        .startsWith("ResolvedRefs: service: no service infra/checks");
    try (Spoken server = mesh.join("infra", "checks", SERVER, "")) {
      decides();
      // At once: each waits for a second.
      shows("hangs", ASKED + "/hang", "good", Map.of("status", 403, "atOnce", MeshCall.SOME));
      assertThat(server.end()).as(server.said()).isZero();
      assertThat(server.said()).doesNotContain("endomesh ERROR", "suppressed");
    }

    shows("away", ASKED, "good", Map.of("status", 403));
    shows("away, gRPC", "grpc://echo.mesh:7070", "good", Map.of("status", PERMISSION_DENIED));
    shows("away, not asked", "http://echo.mesh:8080/free", "bad", Map.of());
    mesh.apply(provider(/* failOpen= */ true));
    // What the provider would have taken out, the application then sees.
    shows("fails open", ASKED, "bad", Map.of("received", Map.of("x-token", "bad")));
  }

  private static void decides() {
    String consumer = "spiffe://endomesh.local/ns/consumer/sa/echo";
    shows(
        "allowed",
        ASKED + "?a=b",
        "good",
        Map.of(
            "query",
            "a=b",
            "received",
            Map.of("x-user", consumer),
            "receivedWithout",
            List.of("x-token"),
            "response",
            Map.of("x-checked", "yes")));
    shows(
        "denied",
        ASKED,
        "bad",
        Map.of(
            "status",
            401,
            "response",
            Map.of("www-authenticate", "Token", "x-endomesh-decided-by", "authorization")));
    shows(
        "allowed, gRPC",
        "grpc://echo.mesh:7070",
        "good",
        Map.of(
            "status",
            0,
            "received",
            Map.of("x-user", consumer),
            "receivedWithout",
            List.of("x-token")));
    shows("denied, gRPC", "grpc://echo.mesh:7070", "bad", Map.of("status", UNAUTHENTICATED));
    shows("not asked", "http://echo.mesh:8080/free", "bad", Map.of());
  }

  private static void shows(String about, String url, String token, Map<String, Object> seen) {
    Map<String, Object> call = new HashMap<>(seen);
    call.put("about", about);
    call.put("from", "consumer");
    call.put("url", url);
    // The second is what the caller would like to be.
    call.put("headers", Map.of("x-token", token, "x-user", "root"));
    mesh.showsInTime(MeshCall.of(call));
  }
}
