package io.endomesh.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.cli.TestCommand;
import io.endomesh.controller.translate.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller whose store holds what it cannot read: the store of another version, or damaged. */
class StoredPoliciesTest {

  private static final String DENY =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: no-guests, namespace: shop}
      spec:
        selector: {matchLabels: {app: orders}}
        action: DENY
        rules: [{from: [{source: {namespaces: [guests]}}]}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: other, namespace: shop}
      spec: {selector: {app: orders}}
      """;

  private static final String NAME = "AuthorizationPolicy/shop/no-guests";

  @TempDir Path dataDir;
  private Controller controller;

  @BeforeEach
  void start() throws Exception {
    controller = Controller.start(TestWorkload.patientController(dataDir));
    assertThat(http("POST", "apply", DENY).statusCode()).isEqualTo(200);
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  private HttpResponse<String> http(String method, String path, String body) throws Exception {
    return TestWorkload.http(controller, method, "/api/v1/" + path, body, Map.of());
  }

  private JsonNode json(String path) throws Exception {
    HttpResponse<String> answer = http("GET", path, "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }

  private void restartWith(String sql, String... values) throws Exception {
    controller.close();
    change(sql, values);
    controller = Controller.start(TestWorkload.patientController(dataDir));
  }

  private void change(String sql, String... values) throws SQLException {
    try (Connection store =
            DriverManager.getConnection("jdbc:sqlite:" + dataDir.resolve("endomesh.db"));
        PreparedStatement update = store.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        update.setString(i + 1, values[i]);
      }
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
  }

  private void damage() throws Exception {
    restartWith(
        "UPDATE resource SET body = substr(body, 1, 60) WHERE kind = ?", "AuthorizationPolicy");
  }

  private static String text(DeltaDiscoveryResponse response) {
    return response.getResources(0).getResource().getValue().toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void denial_damaged_refusesByItsName_andMendedOnlyWhomItMeant() throws Exception {
    damage();
    try (TestWorkload orders =
        TestWorkload.start(controller, dataDir, "shop", "orders", "orders-1")) {
      orders.join(Map.of(), 18080);
      DeltaClient client = new DeltaClient(orders);
      client.subscribe(ResourceType.LISTENER, "endomesh/inbound/18080");
      assertThat(text(client.found())).contains("rbac.DENY", NAME).doesNotContain("/ns/guests/");

      assertThat(http("POST", "apply", DENY).statusCode()).isEqualTo(200);

      assertThat(text(client.found())).contains("rbac.DENY", NAME, "/ns/guests/");
      assertThat(json("status").path("problems")).isEmpty();
    }
  }

  @Test
  void denial_damaged_isAProblem_andTheRestOfTheApiGoesOn() throws Exception {
    damage();

    assertThat(json("status").path("problems"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path("severity").asText()).isEqualTo("error");
              assertThat(problem.path("message").asText())
                  .startsWith(NAME + " cannot be read by this version: ")
                  .contains("refused until it is mended");
            });
    assertThat(json("resources").path("items")).hasSize(2);
    JsonNode document = json("namespaces/shop/authorizationpolicies/no-guests");
    assertThat(document.at("/status/conditions/0/reason").asText()).isEqualTo("Unreadable");
    assertThat(json("namespaces/shop/services")).isNotEmpty();
    assertThat(json("services").path("services")).isNotEmpty();
    assertThat(http("DELETE", "namespaces/shop/authorizationpolicies/no-guests", "").statusCode())
        .isEqualTo(204);
    assertThat(json("status").path("problems")).isEmpty();
    assertThat(json("history").path("changes")).isNotEmpty();
  }

  private String command(String... arguments) {
    return TestCommand.run(controller, arguments);
  }

  @Test
  void denial_damaged_isNamedByAnalyzeAndTheMatrix() throws Exception {
    assertThat(command("analyze")).doesNotContain("EM07");
    assertThat(command("authz", "matrix")).doesNotContain("cannot be read");
    damage();

    assertThat(command("analyze"))
        .contains("error    EM0701  AuthorizationPolicy shop/no-guests: cannot be read")
        .contains("refused until it is mended");
    assertThat(command("authz", "matrix"))
        .contains("as it cannot be read: " + NAME)
        .contains("refused until it is mended");
  }

  @Test
  void departments_damaged_areDeniedInTheMatrix_asTheyAreAtServers() throws Exception {
    assertThat(
            http(
                    "POST",
                    "apply",
                    """
                    apiVersion: endomesh.io/v1
                    kind: DepartmentPolicy
                    metadata: {name: lines, namespace: endomesh-system}
                    spec: {deny: ["marketing -> payments"]}
                    ---
                    apiVersion: endomesh.io/v1
                    kind: DepartmentPolicy
                    metadata: {name: others, namespace: endomesh-system}
                    spec: {deny: ["finance -> hr"]}
                    """)
                .statusCode())
        .isEqualTo(200);
    assertThat(command("authz", "matrix")).containsPattern("payments +open");
    restartWith("UPDATE resource SET body = substr(body, 1, 60) WHERE name = ?", "lines");
    String name = "DepartmentPolicy/endomesh-system/lines";

    assertThat(json("departments").path("cells"))
        .isNotEmpty()
        .allSatisfy(
            cell -> {
              assertThat(cell.path("decision").asText()).isEqualTo("denied");
              assertThat(cell.path("by").asText()).isEqualTo(name);
            });
    assertThat(command("authz", "matrix"))
        .contains("denied", name, "calls from one namespace to another are refused");
  }

  @Test
  void configuration_thatAWorkloadRejects_isNamedByAnalyze() throws Exception {
    try (TestWorkload orders =
        TestWorkload.start(controller, dataDir, "shop", "orders", "orders-1")) {
      orders.join(Map.of(), 18080);
      DeltaClient client = new DeltaClient(orders);
      client.subscribe(ResourceType.LISTENER, "endomesh/inbound/18080");
      client.nack(client.found(), "endomesh/inbound/18080: rules: too many");
      client.subscribe(ResourceType.LISTENER, "after");
      client.response();

      assertThat(command("analyze"))
          .containsPattern("error +EM0702 +Workload shop/orders-1 Listener: keeps its last good")
          .contains("endomesh/inbound/18080: rules: too many");
    }
  }

  @Test
  void kind_ofALaterVersion_isAProblemUntilItIsDeleted() throws Exception {
    restartWith(
        "INSERT INTO resource VALUES ('EgressPolicy', 'shop', 'x', 1, ?, ?, ?)",
        "{\"apiVersion\":\"endomesh.io/v9\",\"kind\":\"EgressPolicy\",\"metadata\":{\"name\":\"x\",\"namespace\":\"shop\"},\"spec\":{}}",
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z");

    assertThat(json("status").path("problems").path(0).path("message").asText())
        .startsWith("EgressPolicy/shop/x cannot be read by this version: ")
        .contains("unknown kind 'EgressPolicy'");
    assertThat(http("DELETE", "namespaces/shop/egresspolicy/x", "").statusCode()).isEqualTo(204);
    assertThat(json("status").path("problems")).isEmpty();
    assertThat(http("DELETE", "namespaces/shop/egresspolicy/x", "").statusCode()).isEqualTo(404);
  }

  @Test
  void row_whoseTimeIsDamaged_isReadAsTheNewest() throws Exception {
    restartWith("UPDATE resource SET created_at = 'x' WHERE kind = ?", "AuthorizationPolicy");
    assertThat(json("resources").path("items")).hasSize(2);
  }
}
