package io.endomesh.controller.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a controller writes to standard error. */
@Timeout(120)
class ControllerLogTest {

  private static final String CANARY = "k4n4ri-9Xz";

  @TempDir Path directory;

  @Test
  void json_eachLine_isAnObjectWithWhoDidWhat() throws Exception {
    try (ControllerJvm controller =
        ControllerJvm.start(directory, "--log-format=json", "--log-level=debug")) {
      assertThat(
              controller
                  .apply(
                      """
                      apiVersion: v1
                      kind: Service
                      metadata: {name: orders, namespace: shop, annotations: {password: %s}}
                      spec: {selector: {app: orders}}
                      """
                          .formatted(CANARY))
                  .statusCode())
          .isEqualTo(200);
      controller.get("/login?ticket=emt_" + CANARY);
      controller.get("/api/v1/traces/ema_" + CANARY);
      String admin = Files.readString(directory.resolve("data/admin-token")).trim();
      controller.process.destroy();
      assertThat(controller.process.waitFor(30, TimeUnit.SECONDS)).isTrue();

      List<JsonNode> changes = new ArrayList<>();
      for (String line : controller.log().lines().toList()) {
        JsonNode event = ControllerJvm.JSON.readTree(line);
        assertThat(event.has("time") && event.has("level") && event.has("logger")).isTrue();
        assertThat(event.path("message").isTextual()).isTrue();
        if (event.has("actor")) {
          changes.add(event);
        }
      }
      assertThat(changes).hasSize(1);
      assertThat(changes.get(0).path("resource").asText()).isEqualTo("Service shop/orders");
      assertThat(changes.get(0).path("request").asText()).isEqualTo("POST /api/v1/apply");
      assertThat(controller.log()).doesNotContain(CANARY).doesNotContain(admin);
    }
  }

  @Test
  void human_byDefault_isOneSentenceALine() throws Exception {
    try (ControllerJvm controller = ControllerJvm.start(directory)) {
      assertThat(controller.log())
          .containsPattern("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  Controller serving on ");
    }
  }
}
