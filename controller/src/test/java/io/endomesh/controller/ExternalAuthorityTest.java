package io.endomesh.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.ca.OpenSsl;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A controller whose authority is elsewhere: a script that signs by OpenSSL. */
@Timeout(120)
class ExternalAuthorityTest {

  /** The controller asks for 30 days for itself. */
  private static final String SIGN =
      OpenSsl.SIGN.replace("-days 1", "-days $((ENDOMESH_TTL_SECONDS / 86400))");

  @TempDir Path directory;
  private Path data;
  private OpenSsl openSsl;

  @BeforeEach
  void make() throws Exception {
    data = Files.createDirectory(directory.resolve("data"));
    openSsl = OpenSsl.make(Files.createDirectory(directory.resolve("ca")));
    // Where a TestWorkload looks for the root that it trusts; the controller reads none here.
    Files.copy(openSsl.root(), data.resolve("root.pem"));
  }

  private Controller start() throws Exception {
    return Controller.start(TestWorkload.patientController(data).signingBy(openSsl.command(SIGN)));
  }

  private static JsonNode ca(Controller controller) throws Exception {
    return new ObjectMapper()
        .readTree(TestWorkload.http(controller, "GET", "/api/v1/ca", "", Map.of()).body());
  }

  private static String workloads(Controller controller) throws Exception {
    return TestWorkload.http(controller, "GET", "/api/v1/workloads", "", Map.of()).body();
  }

  @Test
  void workload_joinsRenewsAndIsRevoked_byCertificatesThatWereMadeElsewhere() throws Exception {
    try (Controller controller = start()) {
      String token =
          TestWorkload.token(
              controller, "shop", "\"service\":\"orders\",\"labels\":{\"tier\":\"gold\"}");
      try (TestWorkload orders =
          TestWorkload.start(controller, data, token, "shop", "orders", "orders-1")) {
        orders.join(Map.of("version", "1"), 8080);
        assertThat(workloads(controller)).contains("orders-1").contains("\"tier\":\"gold\"");
        JsonNode ca = ca(controller);
        assertThat(ca.path("kind").asText()).isEqualTo("command");
        assertThat(ca.path("issuer").asText()).isEqualTo("CN=ca");
        assertThat(ca.path("command").path("issued").asLong()).isEqualTo(2);

        orders.renew(controller, data);
        orders.join(Map.of("version", "1"), 8080);
        // The renewed one carries nothing either: what the token gave is still believed.
        assertThat(workloads(controller)).contains("\"tier\":\"gold\"");

        var revoked =
            TestWorkload.http(
                controller, "POST", "/api/v1/workloads/shop/orders-1/revoke", "", Map.of());
        assertThat(revoked.statusCode()).as(revoked.body()).isEqualTo(200);
        orders.reconnect(controller);
        assertThatThrownBy(() -> orders.renew(controller, data))
            .isInstanceOf(StatusRuntimeException.class)
            .hasMessageContaining("UNAUTHENTICATED");
      }
      var rotate =
          TestWorkload.http(
              controller,
              "POST",
              "/api/v1/ca/rotate",
              "{\"now\":false}",
              Map.of("content-type", "application/json"));
      assertThat(rotate.statusCode()).isEqualTo(409);
      assertThat(rotate.body()).contains("asked by --ca-command").contains("both roots");
    }
  }

  @Test
  void line_isOneAcrossRenewalsAndRestarts() throws Exception {
    TestWorkload orders;
    try (Controller controller = start()) {
      String token = TestWorkload.token(controller, "shop", "\"service\":\"orders\"");
      orders = TestWorkload.start(controller, data, token, "shop", "orders", "orders-1");
    }
    try (Controller controller = start();
        TestWorkload thief = orders) {
      // Whoever took the key renews with it; the owner is revoked, and both are out.
      thief.reconnect(controller);
      thief.renew(controller, data);
      thief.join(Map.of(), 8080);
      thief.renew(controller, data);
      assertThat(
              TestWorkload.http(
                      controller, "POST", "/api/v1/workloads/shop/orders-1/revoke", "", Map.of())
                  .statusCode())
          .isEqualTo(200);
      thief.reconnect(controller);
      assertThatThrownBy(() -> thief.renew(controller, data)).hasMessageContaining("revoked");
    }
  }

  @Test
  void command_fails_workloadIsToldNothingOfIt_andItsTokenIsGoodStill() throws Exception {
    try (Controller controller = start()) {
      String token = TestWorkload.token(controller, "shop", "\"service\":\"orders\",\"uses\":1");
      openSsl.script("echo 'vault at 10.1.2.3: denied' >&2; exit 3");
      assertThatThrownBy(
              () -> TestWorkload.start(controller, data, token, "shop", "orders", "orders-1"))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE))
          .hasMessageContaining("the controller's log says why")
          .hasMessageNotContaining("10.1.2.3");
      assertThat(ca(controller).path("command").path("lastFailure").asText())
          .isEqualTo("--ca-command: exit 3: vault at 10.1.2.3: denied");

      openSsl.script(SIGN);
      try (TestWorkload orders =
          TestWorkload.start(controller, data, token, "shop", "orders", "orders-1")) {
        orders.join(Map.of(), 8080);
        assertThat(workloads(controller)).contains("orders-1");
      }
    }
  }

  @Test
  void start_commandFails_saysWhy() throws Exception {
    ControllerOptions options =
        TestWorkload.patientController(data).signingBy(openSsl.command("exit 7"));

    assertThatThrownBy(() -> Controller.start(options)).hasMessage("--ca-command: exit 7");
  }
}
