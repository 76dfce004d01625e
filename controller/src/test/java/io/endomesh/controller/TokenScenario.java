package io.endomesh.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.ca.AuthoritySource;
import io.endomesh.controller.ca.SoftHsm;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A process: a controller whose key is in a token, workloads, and the token is taken away. */
final class TokenScenario {

  private TokenScenario() {}

  public static void main(String[] arguments) throws Exception {
    SoftHsm tokens = new SoftHsm(Path.of(arguments[0]));
    Path data = Files.createDirectory(tokens.directory().resolve("scenario"));
    Path roots = tokens.directory().resolve("roots.pem");
    // Where a TestWorkload looks for the root that it trusts; the controller reads none here.
    Files.copy(roots, data.resolve("root.pem"));
    AuthoritySource source =
        new AuthoritySource.TokenKey(tokens.configuration("mesh"), "issuing", tokens.pin(), roots);
    try (Controller controller =
        Controller.start(TestWorkload.patientController(data).signingBy(source))) {
      try (TestWorkload orders =
          TestWorkload.start(controller, data, "shop", "orders", "orders-1")) {
        orders.join(Map.of(), 8080);
        orders.renew(controller, data);
        orders.join(Map.of(), 8080);
        rotationIsOfTheToken(controller);
        Path away = tokens.directory().resolve("away");
        Files.move(tokens.directory().resolve("tokens"), away);
        nothingIsIssued(controller, data, orders);
        Files.move(away, tokens.directory().resolve("tokens"));
      }
    }
    System.out.println("all held");
  }

  private static void rotationIsOfTheToken(Controller controller) throws Exception {
    HttpResponse<String> rotate =
        TestWorkload.http(
            controller,
            "POST",
            "/api/v1/ca/rotate",
            "{\"now\":false}",
            Map.of("content-type", "application/json"));
    assertThat(rotate.statusCode()).isEqualTo(409);
    assertThat(rotate.body()).contains("the authority was brought, and so is the next");
    JsonNode ca = ca(controller);
    assertThat(ca.path("kind").asText()).isEqualTo("token");
    assertThat(ca.path("issuer").asText()).isEqualTo("CN=mesh");
    assertThat(ca.path("token").path("signed").asLong()).as("%s", ca).isEqualTo(4);
    assertThat(ca.path("token").path("failed").asLong()).isZero();
  }

  private static void nothingIsIssued(Controller controller, Path data, TestWorkload orders)
      throws Exception {
    assertThatThrownBy(() -> orders.renew(controller, data))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE))
        .hasMessageContaining("the controller's log says why")
        .hasMessageNotContaining("CKR_");
    assertThat(ca(controller).path("token").path("lastFailure").asText())
        .startsWith("--ca-pkcs11: the token does not sign: CKR_");
    // What is there goes on, and who is revoked is out though the token signs no list of them.
    orders.reconnect(controller);
    orders.join(Map.of(), 8080);
    HttpResponse<String> revoked =
        TestWorkload.http(
            controller, "POST", "/api/v1/workloads/shop/orders-1/revoke", "", Map.of());
    assertThat(revoked.statusCode()).as(revoked.body()).isEqualTo(200);
    assertThat(ca(controller).path("token").path("failed").asLong()).isEqualTo(2);
    orders.reconnect(controller);
    assertThatThrownBy(() -> orders.renew(controller, data))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("UNAUTHENTICATED");
  }

  private static JsonNode ca(Controller controller) throws Exception {
    return new ObjectMapper()
        .readTree(TestWorkload.http(controller, "GET", "/api/v1/ca", "", Map.of()).body());
  }
}
