package io.endomesh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that live for seconds are renewed between real processes that call. */
@Timeout(180)
class RenewalIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  private static final Duration START = Duration.ofSeconds(60);

  /** Long enough that a machine that is busy for two seconds misses nothing. */
  private static final Duration TTL = Duration.ofSeconds(6);

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String STRICT =
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: strict, namespace: shop}
      spec: {mtls: {mode: STRICT}}
      """;

  @TempDir private static Path run;

  private ControllerProcess controller;

  @AfterEach
  void stop() {
    controller.close();
  }

  /** How an Ed25519 key in PKCS #8 begins, in base64 (RFC 8410, section 7). */
  private static final String ED25519 = "MC4CAQAwBQYDK2Vw";

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

  private JsonNode instance(String service) {
    List<JsonNode> found =
        controller.workloads(service).stream()
            .filter(workload -> !workload.get("ports").isEmpty())
            .toList();
    return found.isEmpty() ? null : found.get(0);
  }

  private static String seen(Spoken from, int count) throws Exception {
    from.say(
        JSON.createObjectNode()
            .put("url", "http://orders/x")
            .put("count", count)
            .put("atOnce", 4)
            .toString());
    JsonNode answer = JSON.readTree(from.after("answer "));
    return answer.path("seen").toString() + answer.path("error").asText("");
  }

  @Test
  void certificates_ofSeconds_areRenewedUnderLoad_andWarnedOfAsTheControllerIsAway()
      throws Exception {
    Http http = new Http();
    controller =
        new ControllerProcess(INSTALLATION, run, http, 0, List.of("--workload-ttl=" + TTL));
    try (Spoken orders = workload("orders", "key=ed25519");
        Spoken storefront = workload("storefront", "keep-credentials=false")) {
      controller.apply(STRICT);
      orders.after("serving ");
      storefront.after("serving ");
      Await.until("orders", START, () -> instance("orders") != null);
      Await.until("storefront", START, () -> instance("storefront") != null);
      Await.until("the first answer", START, () -> answers(storefront));

      Set<String> ends = new HashSet<>();
      Set<String> endsOfOrders = new HashSet<>();
      long until = System.nanoTime() + TTL.multipliedBy(2).toNanos();
      while (System.nanoTime() < until || ends.size() < 4 || endsOfOrders.size() < 4) {
        assertThat(seen(storefront, 40)).isEqualTo("{\"orders\":40}");
        ends.add(instance("storefront").get("certificateNotAfter").asText());
        endsOfOrders.add(instance("orders").get("certificateNotAfter").asText());
      }
      assertThat(Instant.parse(instance("orders").get("certificateNotBefore").asText()))
          .isBefore(Instant.now().plusSeconds(1));

      assertThat(keysOf("orders")).singleElement().asString().contains(ED25519);
      assertThat(keysOf("storefront")).as("in memory only").isEmpty();

      controller.kill();
      orders.line("endomesh ERROR the certificate ends at ");
      orders.line("endomesh ERROR the certificate ended at ");
      controller.restart();
      Await.until("orders again", START, () -> instance("orders") != null);
      Await.until("storefront again", START, () -> instance("storefront") != null);
      Await.until("an answer again", START, () -> answers(storefront));
      assertThat(orders.said()).contains("endomesh WARN the certificate ends at ");
    }
  }

  private static List<String> keysOf(String service) throws IOException {
    try (Stream<Path> files = Files.walk(run.resolve("state-" + service))) {
      List<String> keys = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (content.contains("PRIVATE KEY")) {
          keys.add(content);
        }
      }
      return keys;
    }
  }

  private static boolean answers(Spoken storefront) {
    try {
      return seen(storefront, 1).equals("{\"orders\":1}");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
