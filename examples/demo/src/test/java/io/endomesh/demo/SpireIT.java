package io.endomesh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.dataplane.identity.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workloads whose identity is SPIRE's call each other, and one whose identity is the controller's.
 */
@Timeout(180)
class SpireIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  private static final Duration START = Duration.ofSeconds(60);

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String STRICT =
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: strict, namespace: shop}
      spec: {mtls: {mode: STRICT}}
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: orders, namespace: shop}
      spec:
        selector: {matchLabels: {app: orders}}
        rules:
          - from: [{source: {principals: [endomesh.local/ns/shop/sa/storefront, endomesh.local/ns/shop/sa/stock]}}]
      """;

  @TempDir private static Path run;

  private ControllerProcess controller;

  @AfterEach
  void stop() {
    controller.close();
  }

  private Spoken workload(String service, String settings) throws IOException {
    List<String> command =
        Installation.java("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + run);
    command.add(
        "-javaagent:%s=join-file=%s,namespace=shop,service=%s,state-dir=%s,%s"
            .formatted(
                INSTALLATION.agent(),
                controller.joinFile("shop"),
                service,
                run.resolve("state-" + service),
                settings));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "sample.echo.Echo", service));
    return Spoken.start(command);
  }

  private Spoken ofSpire(String service, Path socket) throws IOException {
    return workload(
        service, "identity=spiffe-workload-api,spiffe-endpoint-socket=unix://" + socket);
  }

  private boolean isThere(String service) {
    return controller.workloads(service).stream()
        .anyMatch(workload -> !workload.get("ports").isEmpty());
  }

  private static String seen(Spoken from, int count) {
    try {
      from.say(
          JSON.createObjectNode().put("url", "http://orders/x").put("count", count).toString());
      JsonNode answer = JSON.readTree(from.after("answer "));
      return answer.path("seen").toString() + answer.path("error").asText("");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static boolean answers(Spoken from) {
    return seen(from, 1).equals("{\"orders\":1}");
  }

  private static String id(String service) {
    return "spiffe://endomesh.local/ns/shop/sa/" + service;
  }

  @Test
  void services_withIdentitiesOfSpire_callEachOtherAndThoseOfTheController() throws Exception {
    TestAuthority authority = new TestAuthority("CN=spire");
    Path bundle = run.resolve("spire.pem");
    Files.writeString(
        bundle,
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(authority.root().getEncoded())
            + "\n-----END CERTIFICATE-----\n");
    Path ofOrders = run.resolve("orders.sock");
    Path ofStorefront = run.resolve("front.sock");
    controller =
        new ControllerProcess(
            INSTALLATION, run, new Http(), 0, List.of("--spire-bundle=" + bundle));
    controller.apply(STRICT);
    try (SpireAgent first = new SpireAgent(ofOrders, authority, id("orders"));
        SpireAgent second = new SpireAgent(ofStorefront, authority, id("storefront"));
        Spoken orders = ofSpire("orders", ofOrders);
        Spoken storefront = ofSpire("storefront", ofStorefront);
        Spoken stock = workload("stock", "keep-credentials=false")) {
      second.register();
      orders.line("endomesh WARN the SPIFFE Workload API at unix://" + ofOrders);
      assertThat(isThere("orders")).as("it is not registered at SPIRE").isFalse();

      first.register();
      Await.until("orders", START, () -> isThere("orders"));
      Await.until("SPIRE to SPIRE", START, () -> answers(storefront));
      Await.until("the controller's to SPIRE", START, () -> answers(stock));

      first.rotate();
      second.rotate();
      for (int i = 0; i < 10; i++) {
        assertThat(seen(storefront, 20)).isEqualTo("{\"orders\":20}");
      }
      try (Stream<Path> files = Files.walk(run.resolve("state-orders"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
              .doesNotContain("PRIVATE KEY");
        }
      }
    }
  }
}
