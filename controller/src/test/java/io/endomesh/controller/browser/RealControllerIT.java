package io.endomesh.controller.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.TestWorkload;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/** The console as a real controller serves it. */
class RealControllerIT {

  private static final Duration LIVE = Duration.ofSeconds(2);

  private static final String POLICY =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: only-orders, namespace: finance}
      spec:
        action: ALLOW
        rules:
        - from: [{source: {principals: [endomesh.local/ns/shop/sa/orders]}}]
      """;

  @TempDir Path dataDir;
  @TempDir Path profile;
  private Controller controller;
  private Browser browser;

  @BeforeEach
  void start() throws Exception {
    controller = Controller.start(ControllerOptions.onFreePort(dataDir));
    browser = Browser.open(profile);
  }

  @AfterEach
  void stop() {
    browser.close();
    controller.close();
  }

  @Test
  void pages_emptyMesh_sayWhatToDoWithoutComplaint() {
    for (String path :
        List.of("/", "/graph", "/services", "/traces", "/resources", "/access", "/connect")) {
      browser.show(url(path));
      assertThat(browser.complaints()).as(path).isEmpty();
      assertThat(browser.accessibilityViolations()).as(path).isEmpty();
    }
  }

  @Test
  void connect_workloadJoins_appearsWithinTwoSeconds() throws Exception {
    browser.show(url("/connect"));
    browser.awaitText("main", "Waiting for a new instance");
    try (TestWorkload orders =
        TestWorkload.start(controller, dataDir, "shop", "orders", "orders-7f3a9c")) {
      orders.join(Map.of("version", "v1"), 18080);

      browser.awaitText(".arrivals", "orders-7f3a9c", LIVE);
      browser.show(url("/services/shop/orders"));
      browser.awaitText("main", "spiffe://endomesh.local/ns/shop/sa/orders");
      browser.show(url("/graph"));
      assertThat(browser.driver.findElements(By.cssSelector("[data-node='shop/orders']")))
          .hasSize(1);
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void resources_policyApplied_appearsWithItsYamlAndHistory() throws Exception {
    browser.show(url("/resources"));
    browser.awaitText("main", "No route or policy is applied");

    HttpResponse<String> applied =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url("/api/v1/apply")))
                    .header("content-type", "application/yaml")
                    .header("x-endomesh-request", "console")
                    .POST(HttpRequest.BodyPublishers.ofString(POLICY))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(applied.statusCode()).as(applied.body()).isEqualTo(200);

    browser.awaitText("main", "only-orders", LIVE);
    browser.show(url("/resources/finance/authorizationpolicies/only-orders"));
    browser.awaitText(".yaml", "endomesh.local/ns/shop/sa/orders");
    browser.awaitText(".history", "created");
    assertThat(browser.complaints()).isEmpty();
  }

  private String url(String path) {
    return "http://127.0.0.1:" + controller.address().getPort() + path;
  }
}
