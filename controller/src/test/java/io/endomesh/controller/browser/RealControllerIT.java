package io.endomesh.controller.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.TestWorkload;
import io.endomesh.proto.v1.ControllerMessage;
import io.endomesh.proto.v1.Tap;
import io.endomesh.proto.v1.TapReport;
import io.endomesh.proto.v1.Taps;
import io.endomesh.proto.v1.WorkloadMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The console as a real controller serves it. */
class RealControllerIT {

  private static final Duration LIVE = Duration.ofSeconds(2);

  /** The workloads of these tests are silent for as long as a page takes. */
  private static final Duration LEASE = Duration.ofMinutes(1);

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
  @TempDir Path downloads;
  private Path agent;
  private Controller controller;
  private Browser browser;

  @BeforeEach
  void start() throws Exception {
    agent = jar(dataDir.resolve("agent.jar"));
    controller =
        Controller.start(
            new ControllerOptions(
                ControllerOptions.DEFAULT_HOST,
                0,
                null,
                dataDir.resolve("data"),
                ControllerOptions.DEFAULT_TRUST_DOMAIN,
                LEASE,
                agent,
                /* loginRequired= */ false));
    browser = Browser.open(profile, downloads);
  }

  @AfterEach
  void stop() {
    browser.close();
    controller.close();
  }

  @Test
  void pages_emptyMesh_sayWhatToDoWithoutComplaint() {
    for (String path :
        List.of(
            "/",
            "/graph",
            "/services",
            "/traces",
            "/explain",
            "/routes",
            "/databases",
            "/checks",
            "/resilience",
            "/faults",
            "/resources",
            "/access",
            "/identities",
            "/identities?view=joining",
            "/federation",
            "/providers",
            "/tap",
            "/connect")) {
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
        TestWorkload.start(
            controller, dataDir.resolve("data"), "shop", "orders", "orders-7f3a9c")) {
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
  void tap_callOfAWorkload_appears_andNobodyIsAskedOnceThePageIsLeft() throws Exception {
    try (TestWorkload orders =
        TestWorkload.start(
            controller, dataDir.resolve("data"), "shop", "orders", "orders-7f3a9c")) {
      orders.join(Map.of(), 18080);
      browser.show(url("/tap?service=shop/orders&status=5xx"));
      Tap asked = taps(orders).getTaps(0);
      assertThat(asked.getStatusFrom()).isEqualTo(500);
      tell(orders, TapReport.newBuilder().setId(asked.getId()).setSeen(4));
      browser.awaitText("main", "none of 4 calls is let through by the filter");

      tell(
          orders,
          TapReport.newBuilder()
              .setId(asked.getId())
              .setSeen(5)
              .setMatched(1)
              .addRecords(
                  "{\"side\":\"server\",\"http.request.method\":\"GET\",\"url.path\":\"/v1/carts\","
                      + "\"http.response.status_code\":503,\"duration_ms\":12.5}"));
      browser.awaitText("table", "GET /v1/carts");
      assertThat(browser.await("table").getText()).contains("503", "orders-7f3a9c");
      browser.awaitText("main", "1 of 1 workloads listened to");
      assertThat(browser.complaints()).isEmpty();
      assertThat(browser.accessibilityViolations()).isEmpty();

      browser.show(url("/services"));
      noTaps(orders);
    }
  }

  /** It may be asked again before: that happens all ten seconds. */
  private static void noTaps(TestWorkload workload) throws Exception {
    Taps asked = taps(workload);
    while (asked.getTapsCount() > 0) {
      asked = taps(workload);
    }
  }

  private static Taps taps(TestWorkload workload) throws Exception {
    while (true) {
      Object answer = workload.answers.poll(20, TimeUnit.SECONDS);
      assertThat(answer).isNotNull();
      if (answer instanceof ControllerMessage message && message.hasTaps()) {
        return message.getTaps();
      }
    }
  }

  private static void tell(TestWorkload workload, TapReport.Builder report) {
    workload.say(WorkloadMessage.newBuilder().setTapped(report).build());
  }

  @Test
  void resources_policyApplied_appearsWithItsYamlAndHistory() throws Exception {
    browser.show(url("/resources"));
    browser.awaitText("main", "No route or policy is applied");

    apply(POLICY);

    browser.awaitText("main", "only-orders", LIVE);
    browser.show(url("/resources/finance/authorizationpolicies/only-orders"));
    browser.awaitText(".yaml", "endomesh.local/ns/shop/sa/orders");
    browser.awaitText(".history", "created");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void history_rollbackOfARevision_isShownThenAskedThenDone() throws Exception {
    String service =
        "{apiVersion: v1, kind: Service, metadata: {name: NAME, namespace: undo}, spec: {selector:"
            + " {app: NAME}}}\n";
    apply(service.replace("NAME", "one") + "---\n" + service.replace("NAME", "two"));
    browser.show(url("/resources?view=history"));

    browser.await(".history details[open] .buttons button").click();
    browser.awaitText("[aria-label^='Roll back revision']", "2 resources");
    assertThat(browser.accessibilityViolations()).isEmpty();
    browser.await("[aria-label^='Roll back revision'] input").sendKeys("it's wrong");
    browser.awaitText("[aria-label^='Roll back revision'] code", "-m 'it'\\''s wrong'");
    browser.await("[aria-label^='Roll back revision'] button.danger").click();

    browser.awaitText(".history details[open] summary", "it's wrong");
    browser.awaitText(".history details[open] summary", "deleted");
    browser.show(url("/resources"));
    assertThat(browser.driver.findElements(By.linkText("two"))).isEmpty();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void explain_workloadsAndPolicy_showsAllThatTheApiSays() throws Exception {
    apply(POLICY);
    try (TestWorkload payments =
            TestWorkload.start(
                controller, dataDir.resolve("data"), "finance", "payments", "payments-1");
        TestWorkload web =
            TestWorkload.start(controller, dataDir.resolve("data"), "shop", "web", "web-1")) {
      payments.join(Map.of(), 18080);
      web.join(Map.of(), 18081);

      browser.show(url("/explain?method=GET&url=http://payments.finance/pay&from=web"));
      browser.awaitText("[data-verdict=refused]", "only-orders");

      String shown = browser.await("[data-explained]").getText();
      assertThat(explained("http://payments.finance/pay", "web"))
          .contains("AuthorizationPolicy/finance/only-orders")
          .allSatisfy(said -> assertThat(shown).contains(said));
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void fault_startedInTheConsole_isWhatExplainTells_untilTheBannerStopsIt() throws Exception {
    try (TestWorkload bills =
        TestWorkload.start(controller, dataDir.resolve("data"), "shop", "bills", "bills-1")) {
      bills.join(Map.of(), 18087);
      browser.show(url("/faults?service=shop/bills"));
      browser.awaitText(".cli", "endomesh fault start shop/bills --abort 503");
      browser.await("input[name=percent]").sendKeys(Keys.chord(Keys.CONTROL, "a"), "100");
      browser.await(".fault-form button[type=submit]").sendKeys(Keys.ENTER);

      browser.awaitText("[data-fault]", "100 % answered with 503");
      browser.awaitText("main .table", "runs");
      browser.show(url("/explain?method=GET&url=http://bills/&from=shop/bills"));
      browser.awaitText("[data-verdict=answered]", "FaultTest/shop/");
      browser.await("[data-fault] button").sendKeys(Keys.ENTER);

      browser.awaitGone("[data-fault]");
      browser.show(url("/faults"));
      browser.awaitText("main .table", "stopped");
      browser.awaitText("main .table", "loopback");
      browser.show(url("/explain?method=GET&url=http://bills/&from=shop/bills"));
      browser.await("[data-verdict=sent]");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void route_versionsThatRun_areSplitThenSetThenRampedAndTakenBack() throws Exception {
    try (TestWorkload one =
            TestWorkload.start(controller, dataDir.resolve("data"), "shop", "bills", "bills-1");
        TestWorkload two =
            TestWorkload.start(controller, dataDir.resolve("data"), "shop", "bills", "bills-2")) {
      one.join(Map.of("version", "v1"), 18085);
      two.join(Map.of("version", "v2"), 18086);

      browser.show(url("/services/shop/bills"));
      browser.await(".actions a[href='/routes/shop/bills']").click();
      browser.awaitText("main", "A split for the versions that run");
      browser.awaitText(".yaml", "subset: v2");
      assertThat(browser.accessibilityViolations()).isEmpty();
      browser.await(".buttons .primary").click();

      browser.awaitText("[data-backend=v2]", "50 %");
      browser.await("[data-backend=v2] input[type=range]").sendKeys(Keys.ARROW_RIGHT);
      browser.await("section.change .button").click();
      browser.awaitText("section.change .diff", "weight: 51");
      assertThat(applied("shop", "virtualservices")).doesNotContain("\"weight\":51");
      browser.await("section.change .primary").click();
      browser.awaitText("main", "Ramp up step by step");
      assertThat(applied("shop", "virtualservices")).contains("\"weight\":51");

      browser.await("details.quiet > summary").sendKeys(Keys.ENTER);
      new Select(browser.await(".ramp-form select")).selectByVisibleText("v2");
      browser.await(".ramp-form button[type=submit]").click();
      browser.awaitText("[data-ramp=running]", "Abort, back to 49/51");
      browser.awaitText("[data-backend=v2]", "100 %");
      assertThat(browser.accessibilityViolations()).isEmpty();
      browser.await("[data-ramp] .danger").click();

      browser.awaitText("main", "aborted by loopback");
      browser.awaitText("[data-backend=v2]", "51 %");
      assertThat(applied("shop", "virtualservices")).contains("\"weight\":51");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void access_cellOfTwoDepartments_isDeniedAfterAPreview() throws Exception {
    try (TestWorkload payments =
            TestWorkload.start(
                controller, dataDir.resolve("data"), "payments", "ledger", "ledger-1");
        TestWorkload mailer =
            TestWorkload.start(
                controller, dataDir.resolve("data"), "marketing", "mailer", "mailer-1")) {
      payments.join(Map.of(), 18082);
      mailer.join(Map.of(), 18083);
      String cell = "button[title^='marketing → payments']";

      browser.show(url("/access"));
      browser.awaitText(cell, "open");
      browser.await(cell).click();
      browser.awaitText(".change", "nothing is said");
      browser.await(".change .buttons button:first-child").click();
      browser.awaitText(".change", "It would be denied by DepartmentPolicy");
      assertThat(browser.accessibilityViolations()).isEmpty();
      assertThat(applied("endomesh-system", "departmentpolicies")).doesNotContain("marketing");
      browser.await(".change .primary").click();

      browser.awaitText(cell, "denied");
      assertThat(applied("endomesh-system", "departmentpolicies"))
          .contains("\"deny\":[\"marketing -> payments\"]");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void access_serviceThatNobodyCallsInPlaintext_becomesStrictAfterALook() throws Exception {
    try (TestWorkload payments =
        TestWorkload.start(controller, dataDir.resolve("data"), "payments", "ledger", "ledger-1")) {
      payments.join(Map.of(), 18084);

      browser.show(url("/access"));
      browser.awaitText(".mtls", "PERMISSIVE");
      browser.await("button[data-scope='payments/ledger']").click();
      browser.await(".change .buttons button:first-child").click();
      browser.awaitText(".change", "payments/ledger from PERMISSIVE to STRICT");
      browser.awaitText(".change", "Nobody called in plaintext since");
      assertThat(browser.accessibilityViolations()).isEmpty();
      assertThat(applied("payments", "peerauthentications")).doesNotContain("STRICT");
      browser.await(".change .primary").click();

      browser.awaitText(".mtls", "STRICT");
      assertThat(applied("payments", "peerauthentications"))
          .contains("\"matchLabels\":{\"app\":\"ledger\"}", "\"mode\":\"STRICT\"");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void identities_workloadRevoked_afterAskingOnce_isPutOut() throws Exception {
    try (TestWorkload orders =
        TestWorkload.start(controller, dataDir.resolve("data"), "shop", "orders", "orders-1")) {
      orders.join(Map.of(), 18085);

      browser.show(url("/identities"));
      browser.awaitText("[data-row='orders-1']", "/ns/shop/sa/orders");
      browser.await("[data-row='orders-1'] button").click();
      browser.awaitText(".change", "endomesh workload revoke shop/orders-1");
      assertThat(browser.accessibilityViolations()).isEmpty();
      assertThat(answer("/api/v1/ca").path("revoked").asInt()).isZero();
      browser.await(".change .danger").click();

      browser.awaitText("[role=status].note", "Revoked: shop/orders-1");
      browser.awaitText("main", "1 certificate, refused everywhere");
      assertThat(answer("/api/v1/ca").path("revoked").asInt()).isEqualTo(1);
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void identities_rotation_beginsAfterAskingOnce_andIsGivenUp() throws Exception {
    browser.show(url("/identities"));
    browser.awaitText("main", "None is under way.");
    browser.await(".columns .card:last-child .row button").click();
    browser.awaitText(".change", "endomesh ca rotate");
    assertThat(browser.driver.switchTo().activeElement().getText()).isEqualTo("Begin the rotation");
    assertThat(answer("/api/v1/ca").path("rotation").isNull()).isTrue();
    browser.driver.switchTo().activeElement().sendKeys(Keys.ENTER);

    browser.awaitText(".phases [aria-current=step]", "Both roots are believed");
    assertThat(answer("/api/v1/ca").at("/rotation/phase").asText()).isEqualTo("ANNOUNCE");
    browser.await(".columns .card:last-child .row button:last-child").click();
    browser.await(".change .primary").click();
    browser.awaitText("main", "None is under way.");
    assertThat(answer("/api/v1/ca").path("rotation").isNull()).isTrue();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void joining_tokenMade_isShownOnce_listed_andRevoked() throws Exception {
    browser.show(url("/identities?view=joining"));
    browser.awaitText("main", "No token is good now");
    browser.await("input[placeholder='any']").sendKeys("orders");
    browser.await("input[placeholder='any number']").sendKeys("3");
    browser.await("input[placeholder='version=v1']").sendKeys("version=v1");
    browser.awaitText(
        ".cli",
        "endomesh token create --namespace default --service orders --uses 3 --label version=v1");
    browser.await("form.fields button[type=submit]").click();

    browser.awaitText("[role=status] .code", "em1.");
    browser.awaitText("table", "default/orders");
    browser.awaitText("table", "3 of 3");
    JsonNode token = answer("/api/v1/tokens").at("/tokens/0");
    assertThat(token.at("/labels/version").asText()).isEqualTo("v1");
    assertThat(browser.accessibilityViolations()).isEmpty();
    browser.await("tbody button").click();
    browser.awaitText("tbody button", "Really revoke");
    browser.await("tbody button").click();
    browser.awaitText("main", "No token is good now");
    assertThat(answer("/api/v1/tokens").path("tokens")).isEmpty();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void federation_partnerAdded_isShownWithWhyItCannotBeAsked_andRemoved() throws Exception {
    String bundle = answer("/spiffe/bundle").toString();
    browser.show(url("/federation?add=1"));
    browser.await("input[placeholder='partner.example']").sendKeys("partner.example");
    browser.await("input[type=url]").sendKeys("https://10.255.255.1/spiffe/bundle");
    browser.await("textarea").sendKeys(bundle);
    browser.await("form.fields button[type=submit]").click();

    browser.awaitText("main", "its address is not a public one");
    assertThat(browser.driver.getCurrentUrl()).endsWith("/federation?domain=partner.example");
    assertThat(answer("/api/v1/federation").at("/federated/0/roots")).hasSize(1);
    assertThat(browser.accessibilityViolations()).isEmpty();
    browser.await(".actions button:nth-of-type(2)").click();
    browser.awaitText(".actions button:nth-of-type(2)", "Really believe it no longer");
    browser.await(".actions button:nth-of-type(2)").click();
    browser.awaitText("main", "No other trust domain is believed");
    assertThat(answer("/api/v1/federation").path("federated")).isEmpty();
    assertThat(browser.complaints()).isEmpty();
  }

  private JsonNode answer(String path) throws Exception {
    return new ObjectMapper()
        .readTree(
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(URI.create(url(path))).build(),
                    HttpResponse.BodyHandlers.ofString())
                .body());
  }

  private String applied(String namespace, String plural) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create(url("/api/v1/namespaces/" + namespace + "/" + plural)))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body()
        .replaceAll("\\s*([:\\[\\],])\\s*", "$1");
  }

  @Test
  void explain_wrongAnswers_areShownAtTheirFields() throws Exception {
    browser.show(url("/explain?method=GET&url=http://orders/&from=nobody"));
    browser.awaitText("#wrong-from", "from: no service 'nobody'");

    // Typed over, as people do: a driver's clear() is no input, and the next update of the page
    // would
    // bring back what the page knows.
    browser
        .await("input[name=url]")
        .sendKeys(Keys.chord(Keys.CONTROL, "a"), "orders/1", Keys.ENTER);
    browser.awaitText("#wrong-url", "url: 'orders/1' (expected: http://SERVICE/PATH");
    assertThat(browser.driver.findElements(By.cssSelector("#wrong-from"))).isEmpty();

    browser.show(url("/explain?method=GET&url=http://orders/&from=nobody&h=a%20b:%20c"));
    browser.awaitText("#wrong-headers", "headers: 'a b' (expected: as x-user)");
    // Chromium itself reports answers of 400 and 404.
    assertThat(browser.complaints()).allMatch(said -> said.contains("/api/v1/explain"));
    assertThat(browser.accessibilityViolations()).isEmpty();
  }

  /** Every message, candidate and reason of the API's answer. */
  private List<String> explained(String callUrl, String from) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url("/api/v1/explain")))
                    .header("x-endomesh-request", "test")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "{\"url\":\"" + callUrl + "\",\"from\":\"" + from + "\"}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    List<String> said = new ArrayList<>();
    JsonNode json = new ObjectMapper().readTree(answer.body());
    for (String name : List.of("message", "name", "why", "decidedBy")) {
      json.findValues(name).stream()
          .filter(value -> !value.isNull())
          .forEach(value -> said.add(value.asText()));
    }
    return said;
  }

  @Test
  void connect_agentDownloaded_isTheJarWithTheChecksumShown() throws Exception {
    browser.show(url("/connect"));
    browser.await("main a[download]").click();

    Path arrived = downloads.resolve("endomesh-agent.jar");
    new WebDriverWait(browser.driver, Duration.ofSeconds(20))
        .until(driver -> Files.exists(arrived) && sameSize(arrived, agent));
    assertThat(arrived).hasSameBinaryContentAs(agent);
    browser.await("main details summary").click();
    browser.awaitText(
        "main details",
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(agent))));
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void graph_serviceThatNamesAVersion_isPartOfTheServiceItBelongsTo() throws Exception {
    apply(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: orders-v1, namespace: shop}
        spec: {selector: {app: orders, version: v1}}
        """);
    try (TestWorkload orders =
        TestWorkload.start(
            controller, dataDir.resolve("data"), "shop", "orders", "orders-7f3a9c")) {
      orders.join(Map.of("app", "orders", "version", "v1"), 18080);

      browser.show(url("/services/shop/orders-v1"));
      browser.awaitText("main", "orders-7f3a9c");
      browser.show(url("/graph"));
      browser.await("[data-node='shop/orders']");
      assertThat(browser.driver.findElements(By.cssSelector("[data-node]"))).hasSize(1);
    }
  }

  @Test
  void service_nameWithADot_survivesAReload() throws Exception {
    apply(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: orders.v1, namespace: shop}
        spec: {selector: {app: orders}, ports: [{port: 8080}]}
        """);
    browser.show(url("/services"));
    browser.await("main a[href='/services/shop/orders.v1']").click();
    browser.awaitText("h1", "orders.v1");

    browser.driver.navigate().refresh();

    browser.await("[data-ready=true]");
    browser.awaitText("h1", "orders.v1");
    assertThat(browser.driver.getCurrentUrl()).endsWith("/services/shop/orders.v1");
    assertThat(browser.complaints()).isEmpty();
  }

  private static boolean sameSize(Path one, Path other) {
    try {
      return Files.size(one) == Files.size(other);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A jar as a build would make it, large enough to come in several pieces. */
  private static Path jar(Path file) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "1.2.3");
    byte[] content = new byte[1 << 20];
    new Random(1).nextBytes(content);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
      out.putNextEntry(new JarEntry("content"));
      out.write(content);
      out.closeEntry();
    }
    return file;
  }

  private void apply(String yaml) throws Exception {
    HttpResponse<String> applied =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url("/api/v1/apply")))
                    .header("content-type", "application/yaml")
                    .header("x-endomesh-request", "console")
                    .POST(HttpRequest.BodyPublishers.ofString(yaml))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(applied.statusCode()).as(applied.body()).isEqualTo(200);
  }

  private String url(String path) {
    return "http://127.0.0.1:" + controller.address().getPort() + path;
  }
}
