package io.endomesh.controller.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.TestWorkload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The audit log of a whole controller: what was done, and what was refused. */
@Timeout(120)
class AuditTest {

  private static final String ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: split, namespace: shop}
      spec:
        parentRefs: [{kind: Service, group: "", name: orders}]
        rules:
        - backendRefs: [{name: orders, weight: WEIGHT}]
      """;

  private static final String ORDERS = "spiffe://endomesh.local/ns/shop/sa/orders";

  @TempDir Path dataDir;
  private Api api;

  @BeforeEach
  void start() throws Exception {
    api = Api.start(dataDir);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private List<JsonNode> entries(String query) throws Exception {
    Api.Answer answer = api.get(api.adminToken(), "/api/v1/audit?limit=1000" + query);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return StreamSupport.stream(answer.json().path("entries").spliterator(), false).toList();
  }

  private JsonNode entry(String query, String action) throws Exception {
    List<JsonNode> found =
        entries(query).stream().filter(e -> e.path("action").asText().equals(action)).toList();
    assertThat(found).as(action + " in " + entries(query)).hasSize(1);
    return found.get(0);
  }

  @Test
  void writes_ofEachSort_areThereWithWhoFromWhereAndWhatItWas() throws Exception {
    String admin = api.adminToken();
    String anna = api.user("anna", "operator");
    api.send(anna, "POST", "/api/v1/apply", ROUTE.replace("WEIGHT", "1"));
    api.send(anna, "POST", "/api/v1/apply", ROUTE.replace("WEIGHT", "2"));
    api.send(anna, "DELETE", "/api/v1/namespaces/shop/httproutes/split", "");
    JsonNode joining = api.send(anna, "POST", "/api/v1/tokens", "{\"namespace\":\"shop\"}").json();
    api.send(anna, "DELETE", "/api/v1/tokens/" + joining.path("id").asText(), "");
    JsonNode token = api.send(anna, "POST", "/api/v1/api-tokens", "{\"scopes\":[\"read\"]}").json();
    api.send(admin, "DELETE", "/api/v1/api-tokens/" + token.path("id").asText(), "");
    api.send(anna, "POST", "/api/v1/trail-tokens", "{}");
    api.send(anna, "POST", "/api/v1/logins", "{}");
    api.send(anna, "POST", "/logout", "");
    api.send(admin, "PUT", "/api/v1/users/anna/role", "{\"tap\":true}");
    api.send(admin, "DELETE", "/api/v1/users/anna", "");

    assertThat(entries("").stream().map(e -> e.path("action").asText()))
        .contains(
            "user.create",
            "login",
            "resource.create",
            "resource.change",
            "resource.delete",
            "join-token.create",
            "join-token.revoke",
            "api-token.create",
            "api-token.revoke",
            "trail-token.create",
            "login-link.create",
            "logout",
            "user.role",
            "user.remove");
    JsonNode change = entry("&user=anna", "resource.change");
    assertThat(change.path("who").asText()).isEqualTo("anna");
    assertThat(change.path("from").asText()).isEqualTo("127.0.0.1");
    assertThat(change.path("subject").asText()).isEqualTo("HTTPRoute/shop/split");
    assertThat(change.path("denied").asBoolean()).isFalse();
    assertThat(change.path("before").toString()).contains("\"weight\":1");
    assertThat(change.path("after").toString()).contains("\"weight\":2");
    JsonNode role = entry("&user=admin-token", "user.role");
    assertThat(role.at("/before/tap").asBoolean()).isFalse();
    assertThat(role.at("/after/tap").asBoolean()).isTrue();
    assertThat(entry("", "user.remove").path("after").isNull()).isTrue();
  }

  @Test
  void log_whole_holdsNoSecret() throws Exception {
    String anna = api.user("anna", "operator");
    String joining =
        api.send(anna, "POST", "/api/v1/tokens", "{\"namespace\":\"shop\"}")
            .json()
            .path("token")
            .asText();
    String token =
        api.send(anna, "POST", "/api/v1/api-tokens", "{\"scopes\":[\"read\"]}")
            .json()
            .path("token")
            .asText();
    String link =
        api.send(api.adminToken(), "POST", "/api/v1/users/anna/password", "{}")
            .json()
            .path("setupPath")
            .asText();
    // A password in the field of the name.
    api.login(Api.PASSWORD, "anna");
    api.get("ema_guess", "/api/v1/status");

    String all = api.get(api.adminToken(), "/api/v1/audit?limit=1000").body();

    assertThat(all)
        .contains("user.link", "no such user")
        .doesNotContain(
            Api.PASSWORD,
            "argon2id",
            anna,
            joining,
            token,
            link.replaceAll(".*ticket=([^&]*).*", "$1"),
            "ema_guess",
            api.adminToken());
  }

  @Test
  void denials_ofLoginsRightsAndHosts_sayWhoAndWhy() throws Exception {
    String vera = api.user("vera", "viewer");
    api.login("vera", "a wrong password, long enough");
    api.send(vera, "POST", "/api/v1/apply", ROUTE);
    api.get(null, "/api/v1/services");

    List<JsonNode> denied = entries("&denied=true");
    assertThat(denied).allMatch(e -> e.path("denied").asBoolean());
    JsonNode login = entry("&denied=true", "POST /login");
    assertThat(login.path("subject").asText()).isEqualTo("user/vera");
    assertThat(login.path("why").asText()).isEqualTo("wrong password, or no such user");
    JsonNode apply = entry("&denied=true&user=vera", "POST /api/v1/apply");
    assertThat(apply.path("why").asText()).isEqualTo("vera lacks the right 'apply'");
    JsonNode nobody = entry("&denied=true&user=nobody", "GET /api/v1/services");
    assertThat(nobody.path("from").asText()).isEqualTo("127.0.0.1");
    assertThat(nobody.path("why").asText()).isEqualTo("no session");
  }

  /** The table of rights is the list of routes; what each refuses is written down. */
  @Test
  void denials_ofEveryRoute_areWrittenDown() throws Exception {
    Map<String, String> expected = new TreeMap<>();
    for (Map.Entry<String, Need> route : RouteRights.table().entrySet()) {
      Need.Who who = route.getValue().who();
      if (who == Need.Who.ALLOWED || who == Need.Who.PERSON) {
        String method = route.getKey().substring(0, route.getKey().indexOf(' '));
        String path = route.getKey().substring(method.length() + 1);
        assertThat(api.send(null, method, path.replaceAll(":[a-z]+", "none"), "").status())
            .isEqualTo(401);
        expected.put(route.getKey(), "nobody");
      }
    }
    Map<String, String> written = new TreeMap<>();
    entries("&denied=true")
        .forEach(e -> written.put(e.path("action").asText(), e.path("who").asText()));

    assertThat(written).isEqualTo(expected);
    assertThat(expected).hasSizeGreaterThan(30);
  }

  @Test
  void denials_aThousandTimesTheSame_areOneLineOrTwo() throws Exception {
    for (int i = 0; i < 1000; i++) {
      api.get(null, "/api/v1/services");
    }

    List<JsonNode> lines = entries("&denied=true");
    assertThat(lines).hasSizeLessThan(10);
    assertThat(lines.stream().mapToLong(e -> e.path("times").asLong()).sum()).isEqualTo(1000);
  }

  private TestWorkload workload(String service) throws Exception {
    String token =
        api.send(
                api.adminToken(),
                "POST",
                "/api/v1/tokens",
                "{\"namespace\":\"shop\",\"service\":\"" + service + "\"}")
            .json()
            .path("token")
            .asText();
    return TestWorkload.start(api.controller, dataDir, token, "shop", service, service + "-1");
  }

  @Test
  void workloads_certifiedAndRefused_areWrittenDown() throws Exception {
    try (TestWorkload orders = workload("orders")) {
      orders.join(orders.registration(Map.of(), 18080).toBuilder().setService("payments").build());
      assertThatThrownBy(() -> orders.renew(api.controller, dataDir, "shop", "payments"))
          .hasMessageContaining("PERMISSION_DENIED");
    }
    assertThatThrownBy(
            () ->
                TestWorkload.start(
                    api.controller, dataDir, "emt_guess", "shop", "orders", "orders-2"))
        .hasMessageContaining("unknown join token");

    JsonNode issued = entry("", "certificate.issue");
    assertThat(issued.path("who").asText()).startsWith("join-token/");
    assertThat(issued.path("subject").asText()).isEqualTo(ORDERS);
    assertThat(issued.at("/after/serial").asText()).isNotEmpty();
    JsonNode registration = entry("&denied=true", "POST /endomesh.v1.WorkloadService/Join");
    assertThat(registration.path("who").asText()).isEqualTo(ORDERS);
    assertThat(registration.path("why").asText()).contains("service: shop/payments (expected: ");
    List<String> refused =
        entries("&denied=true").stream()
            .filter(e -> e.path("action").asText().endsWith("/CreateCertificate"))
            .map(e -> e.path("who").asText() + ": " + e.path("why").asText())
            .toList();
    assertThat(refused)
        .hasSize(2)
        .anyMatch(line -> line.startsWith(ORDERS + ": ") && line.contains("not for 'payments'"))
        .anyMatch(line -> line.startsWith("nobody: unknown join token"));
  }

  @Test
  void log_afterARestart_isThere_andDenialsNotYetWrittenAreToo() throws Exception {
    api.user("anna", "admin");
    api.get(null, "/api/v1/services");

    api.close();
    api = Api.start(dataDir);

    List<String> actions = new ArrayList<>();
    entries("").forEach(e -> actions.add(e.path("action").asText()));
    assertThat(actions).contains("user.create", "GET /api/v1/services");
    assertThat(Files.exists(dataDir.resolve("endomesh.db"))).isTrue();
  }
}
