package io.endomesh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Instances of a service are told to stop, as a rolling restart does, while others call it. */
@Timeout(180)
class DrainIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  private static final Duration START = Duration.ofSeconds(60);

  /** 128 and the number of SIGTERM: how a JVM ends by it. */
  private static final int TERMINATED = 143;

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path run;

  private ControllerProcess controller;

  @BeforeEach
  void startController() throws Exception {
    controller = new ControllerProcess(INSTALLATION, run, new Http(), 0, List.of());
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  private Spoken workload(String service, String name, String settings) throws Exception {
    List<String> command =
        Installation.java("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + run);
    command.add(
        "-javaagent:%s=join-file=%s,namespace=shop,service=%s,state-dir=%s%s"
            .formatted(
                INSTALLATION.agent(),
                controller.joinFile("shop"),
                service,
                run.resolve("state-" + name),
                settings));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "sample.echo.Echo", name));
    Spoken started = Spoken.start(command);
    started.after("serving ");
    return started;
  }

  /** A caller that has found its way. */
  private Spoken caller(String name) throws Exception {
    Spoken started = workload("storefront", name, "");
    awaitAnswer(started, "\"status\":200");
    return started;
  }

  /** Of calls on the way there some may fail. */
  private static void awaitAnswer(Spoken caller, String part) {
    Await.until(
        part,
        START,
        () -> {
          try {
            return say(caller, call(4)).contains(part);
          } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static String say(Spoken caller, ObjectNode call)
      throws IOException, InterruptedException {
    caller.say(call.toString());
    return caller.after("answer ");
  }

  private long offered(String service) {
    return controller.workloads(service).stream()
        .filter(workload -> !workload.get("ports").isEmpty())
        .count();
  }

  private static ObjectNode call(int count) {
    return JSON.createObjectNode()
        .put("url", "http://orders/x")
        .put("count", count)
        .put("atOnce", 4);
  }

  /** Asserts that each is answered, and says who did. */
  private static List<String> answeredBy(Spoken caller, int count) throws Exception {
    String answer = say(caller, call(count));
    JsonNode seen = JSON.readTree(answer).path("seen");
    List<String> by = new ArrayList<>();
    seen.fieldNames().forEachRemaining(by::add);
    assertThat(by).as(answer).isNotEmpty().isSubsetOf("orders-1", "orders-2", "orders-3");
    return by;
  }

  private Path held(Spoken caller) throws IOException {
    Path file = run.resolve("held");
    ObjectNode call = call(1);
    call.putObject("headers").put("x-hold", file.toString());
    caller.say(call.toString());
    Await.until("the call that is held", START, () -> Files.exists(file));
    return file;
  }

  @Test
  void rollingRestart_underLoad_failsNoCall_andCallsThatAreServedEnd() throws Exception {
    try (Spoken first = workload("orders", "orders-1", ",drain-timeout=2m");
        Spoken storefront = caller("storefront");
        Spoken patient = caller("patient")) {
      Path held = held(patient);
      try (Spoken second = workload("orders", "orders-2", "")) {
        awaitAnswer(storefront, "orders-2");
        first.terminate();
        first.line("SIGTERM: callers are told to go elsewhere");
        while (offered("orders") > 1) {
          answeredBy(storefront, 20);
        }
        Await.until("who stays", START, () -> !answers(storefront).contains("orders-1"));
        assertThat(first.isAlive()).as("it still serves a call").isTrue();
        Files.delete(held);
        assertThat(patient.after("answer ")).contains("\"status\":200").contains("orders-1");
        assertThat(first.exitCode()).isEqualTo(TERMINATED);

        try (Spoken third = workload("orders", "orders-3", "")) {
          awaitAnswer(storefront, "orders-3");
          second.terminate();
          while (second.isAlive()) {
            answeredBy(storefront, 20);
          }
          assertThat(second.exitCode()).isEqualTo(TERMINATED);
          assertThat(answeredBy(storefront, 20)).containsOnly("orders-3");
          assertThat(third.isAlive()).isTrue();
        }
      }
    }
  }

  @Test
  void callThatDoesNotEnd_isWaitedForAsLongAsTheSettingSays_orUntilTheSecondSignal()
      throws Exception {
    try (Spoken shortly = workload("orders", "orders-1", ",drain-timeout=1500ms");
        Spoken patient = caller("patient")) {
      Path held = held(patient);
      shortly.terminate();
      shortly.line("drain-timeout: 1 calls are still being served");
      assertThat(shortly.exitCode()).isEqualTo(TERMINATED);
      patient.after("answer ");
      Files.delete(held);

      try (Spoken hurried = workload("orders", "orders-2", ",drain-timeout=5m")) {
        awaitAnswer(patient, "orders-2");
        held(patient);
        hurried.terminate();
        hurried.line("SIGTERM: callers are told to go elsewhere");
        hurried.terminate();
        assertThat(hurried.exitCode()).isEqualTo(TERMINATED);
      }
    }
  }

  @Test
  void nobodyIsTold_whereNothingIsWaitedFor() throws Exception {
    try (Spoken orders = workload("orders", "orders-1", ",drain-timeout=0s")) {
      Await.until("orders", START, () -> offered("orders") == 1);
      orders.terminate();
      assertThat(orders.exitCode()).isEqualTo(TERMINATED);
      assertThat(orders.said()).doesNotContain("SIGTERM");
      Await.until("goodbye", START, () -> offered("orders") == 0);
    }
  }

  private static List<String> answers(Spoken caller) {
    try {
      return answeredBy(caller, 10);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
