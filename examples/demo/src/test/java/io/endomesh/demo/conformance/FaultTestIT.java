package io.endomesh.demo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.demo.Await;
import io.endomesh.demo.CheckFailed;
import io.endomesh.demo.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls that are really made fail while a fault test runs, and are well after it by themselves. */
@Timeout(240)
class FaultTestIT {

  /** Of the short tests: many times what a fault needs to be in force. */
  private static final int SECONDS = 15;

  private static final Duration IN_TIME = Duration.ofSeconds(60);

  private static final MeshCall WELL =
      MeshCall.of(Map.of("from", "consumer", "url", "http://echo.mesh:8080/"));

  @TempDir private Path run;

  @Test
  void faultTest_failsCallsForItsTime_throughRestartsOfTheController_andNotLonger()
      throws Exception {
    Installation installation = new Installation(Path.of(System.getProperty("endomesh.home")));
    try (EchoMesh mesh = new EchoMesh(installation, run)) {
      await("calls before any fault", mesh, WELL);

      String first = start(mesh, SECONDS);
      await("calls that fail", mesh, failing(first));
      Await.until(
          "why the console says they fail",
          IN_TIME,
          () ->
              mesh.ask("causes?service=mesh/echo")
                  .at("/kinds/0/decidedBy")
                  .asText()
                  .equals("FaultTest/mesh/" + first));
      await("calls that are well again", mesh, WELL);
      assertThat(test(mesh, first).get("state").asText()).isEqualTo("ended");
      assertThat(test(mesh, first).get("endedBy").isNull()).isTrue();

      String stopped = start(mesh, 600);
      await("calls that fail", mesh, failing(stopped));
      mesh.killController();
      mesh.restartController();
      assertThat(mesh.ask("status").at("/faults/0/id").asText()).isEqualTo(stopped);
      await("calls that fail after a restart", mesh, failing(stopped));
      mesh.ask("faults/" + stopped + "/stop", "");
      await("calls after a stop", mesh, WELL);

      String orphan = start(mesh, SECONDS);
      await("calls that fail", mesh, failing(orphan));
      mesh.killController();
      await("calls that are well though nobody could end the fault", mesh, WELL);
      mesh.restartController();
      assertThat(mesh.ask("status").get("faults")).isEmpty();
      await("calls after the restart", mesh, WELL);
      Await.until(
          "the end in the list",
          IN_TIME,
          () -> test(mesh, orphan).get("state").asText().equals("ended"));
      mesh.end();
    }
  }

  private static String start(EchoMesh mesh, int seconds) throws IOException {
    return mesh.ask(
            "faults", "{\"service\":\"mesh/echo\",\"abortStatus\":503,\"seconds\":" + seconds + "}")
        .get("id")
        .asText();
  }

  private static MeshCall failing(String id) {
    return MeshCall.of(
        Map.of(
            "from",
            "consumer",
            "url",
            "http://echo.mesh:8080/",
            "status",
            503,
            "response",
            Map.of("x-endomesh-decided-by", "FaultTest/mesh/" + id)));
  }

  private static JsonNode test(EchoMesh mesh, String id) {
    for (JsonNode test : mesh.ask("faults").get("faults")) {
      if (test.get("id").asText().equals(id)) {
        return test;
      }
    }
    throw new AssertionError(id + ": not listed");
  }

  private static void await(String what, EchoMesh mesh, MeshCall call) {
    AtomicReference<List<String>> wrong = new AtomicReference<>(List.of());
    try {
      Await.until(
          what,
          IN_TIME,
          () -> {
            wrong.set(call.differences(make(mesh, call)));
            return wrong.get().isEmpty();
          });
    } catch (CheckFailed late) {
      throw new AssertionError(late.getMessage() + ": " + wrong.get(), late);
    }
  }

  private static JsonNode make(EchoMesh mesh, MeshCall call) {
    try {
      return mesh.make(call);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
