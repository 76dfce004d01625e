package io.endomesh.controller.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/** Every page of the console on recorded answers. */
class ConsoleIT {

  /** What the console promises: a change is seen within this time, without a reload. */
  private static final Duration LIVE = Duration.ofSeconds(2);

  private static final String TRACE = "/traces/4bf92f3577b34da6a3ce929d0e0e4706";
  private static final String EDGE = "shop/orders>shop/inventory:grpc";

  @TempDir static Path profile;
  private static Browser browser;
  private FixtureController controller;

  @BeforeAll
  static void open() {
    browser = Browser.open(profile);
  }

  @AfterAll
  static void quit() {
    browser.close();
  }

  @BeforeEach
  void start() throws Exception {
    controller = FixtureController.start();
    browser.prefer("light");
  }

  @AfterEach
  void stop() {
    // Else the page would complain about the controller that the next test does not have.
    browser.driver.get("about:blank");
    controller.close();
    browser.complaints();
  }

  @ParameterizedTest(name = "{0} shows {1}")
  @CsvSource({
    "/, grpc-core 1.33.1 on the class path",
    "/graph, storefront",
    "/graph?sel=shop/orders%3Eshop/inventory:grpc, inventory-b82f9a",
    "/graph?sel=finance/payments, Calls refused by",
    "/graph?view=table, postgresql",
    "/services, storefront",
    "/services/shop/orders, rejected",
    "/services/shop/mailer, It refuses calls: DestinationRule/shop/partner",
    "/services/shop/gone, is not in the mesh",
    "/routes, shop/inventory",
    "/routes/shop/inventory, '10 %'",
    "/routes/shop/inventory, 'Abort, back to 100/0'",
    "/routes/shop/inventory, '25 % in 10 s, if the guard holds'",
    "/routes/shop/orders, A split for the versions that run",
    "/routes/shop/mailer, Ramp up step by step",
    "/routes/shop/mailer, 12.5 % of 40 calls to inventory-v2 failed",
    "/graph?sel=shop/inventory, 'Last change'",
    "/graph?sel=shop/inventory, POST /charge",
    "/graph?group=namespace, shop",
    "/graph?group=namespace&sel=namespace:shop, Draw its services",
    "/graph?group=namespace&sel=namespace:shop%3Enamespace:finance, calls between shop and finance",
    "/graph?focus=finance/payments&hops=2, 'Around payments'",
    "/databases, Who calls them",
    "/checks, EM0102",
    "/checks?severity=error&q=inventory, inventory-v3",
    "/checks?q=nothing-like-it, Nothing of this sort was found",
    "/resilience, ResiliencePolicy",
    "/faults, Start a fault test",
    "/faults?service=shop/orders, 'bert, '",
    "/traces, GET /checkout",
    "/traces/4bf92f3577b34da6a3ce929d0e0e4706, Reserve",
    "/explain, Which call?",
    "/explain?url=http://orders/api/1&from=shop/storefront&h=x-user:%20a, the first that matches",
    "/resources, inventory-split",
    "/resources?view=history, old-canary",
    "/resources/shop/grpcroutes/inventory-split, backendRefs",
    "/access, only-orders",
    "/access, deny-by-default",
    "/access, dry run: denied",
    "/access, of-a-later-version",
    "/identities, orders-7f3a9c",
    "/identities?show=attention, token 3f0c9e has ended",
    "/identities?q=nothing-like-it, No certificate of this sort",
    "/identities?view=joining, any service of shop",
    "/identities?view=joining, https://oidc.cluster.example",
    "/federation, partner.example",
    "/federation?domain=partner.example, 1795755600",
    "/federation?domain=depot.example, none of its workloads is believed",
    "/federation?add=1, Believe the workloads of another trust domain",
    "/providers, cannot be fetched since 20 min",
    "/providers?q=legacy, let in",
    "/providers?q=nothing-like-it, No issuer of this sort",
    "/connect, -javaagent:endomesh-agent.jar",
    "/settings, Appearance",
    "/settings, only-read",
    "/users, New password link",
    "/users, A claim gives them their role",
    "/audit, lacks the right",
    "/audit?denied=true&user=vera, lacks the right",
    "/audit?since=PT1H&denied=true, endomesh audit --denied --since PT1H --limit 200",
    "/tap, Whose calls do you want to see",
    "/tap?service=shop/orders&status=4xx, endomesh tap shop/orders --status 4xx",
    "/login, Without a password",
    "/login, Log in with Acme",
    "/login?failed=role, none of your values of groups or roles has one",
    "/setup?ticket=x&user=vera, Welcome vera",
    "/setup?ticket=x, Make the first account",
    "/nowhere, There is no such page"
  })
  void page_bothThemes_rendersWithoutComplaintOrViolation(String path, String text) {
    for (String theme : List.of("light", "dark")) {
      browser.prefer(theme);
      browser.show(controller.url(path));
      browser.awaitText("main", text);

      assertThat(browser.complaints()).as("complaints in %s", theme).isEmpty();
      assertThat(browser.accessibilityViolations()).as("violations in %s", theme).isEmpty();
    }
  }

  @Test
  void graph_asATable_hasTheWholeWidth_andMakesRoomForWhatIsChosen() {
    browser.show(controller.url("/graph?view=table"));
    browser.awaitText("main", "postgresql");
    String rightOf =
        "return document.querySelector('.table-box').getBoundingClientRect().right === innerWidth";
    assertThat(browser.driver.executeScript(rightOf)).isEqualTo(true);

    browser.driver.findElement(By.linkText("orders")).click();
    browser.await(".panel");
    assertThat(browser.driver.executeScript(rightOf)).isEqualTo(false);
  }

  @Test
  void graph_recordedState_drawsEachNodeAndEdgeOnce() {
    browser.show(controller.url("/graph"));

    assertThat(browser.driver.findElements(By.cssSelector("[data-node]"))).hasSize(8);
    assertThat(browser.driver.findElements(By.cssSelector("[data-edge]"))).hasSize(7);
    assertThat(browser.await("[data-edge='" + EDGE + "']").getDomAttribute("aria-label"))
        .contains("orders calls inventory over grpc", "Degraded", "3.4 % errors");
  }

  @Test
  void graph_nodeAdded_leavesTheOthersWhereTheyAre() {
    browser.show(controller.url("/graph"));
    String before = browser.await("[data-node='shop/orders']").getDomAttribute("transform");

    controller.change(
        state -> {
          ObjectNode graph = (ObjectNode) state.get("graph");
          graph.withArray("nodes").add(copy(graph.get("nodes"), "shop/mailer", "shop/audit"));
          graph.withArray("edges").add(edge(graph, "shop/orders", "shop/audit"));
        });
    browser.await("[data-node='shop/audit']");

    assertThat(browser.await("[data-node='shop/orders']").getDomAttribute("transform"))
        .isEqualTo(before);
  }

  @Test
  void graph_edgeClicked_isInTheAddressAndEscapeClosesIt() {
    browser.show(controller.url("/graph"));
    browser.await("[data-edge='" + EDGE + "'] .label").click();
    browser.awaitText(".panel", "inventory-v2.shop:9090");
    assertThat(browser.driver.getCurrentUrl()).contains("sel=");

    new Actions(browser.driver).sendKeys(Keys.ESCAPE).perform();

    browser.awaitText(".panel", "Unhealthy connections");
    assertThat(browser.driver.getCurrentUrl()).doesNotContain("sel=");
  }

  @Test
  void graph_arrowDown_walksToTheCalledService() {
    browser.show(controller.url("/graph"));
    browser.driver.executeScript(
        "document.querySelector('[data-node=\"shop/storefront\"]').focus()");

    new Actions(browser.driver).sendKeys(Keys.ARROW_DOWN).perform();

    assertThat(browser.driver.switchTo().activeElement().getDomAttribute("data-node"))
        .isEqualTo("shop/orders");
  }

  @Test
  void events_rateChanges_isShownWithinTwoSeconds() {
    browser.show(controller.url("/graph"));

    controller.change(
        state ->
            ((ObjectNode) find(state.get("graph").get("edges"), EDGE).get("stats"))
                .put("requestsPerSecond", 777));

    browser.awaitText("[data-edge='" + EDGE + "']", "777 /s", LIVE);
  }

  @Test
  void events_controllerGoneAndBack_saysSoAndRecovers() throws Exception {
    browser.show(controller.url("/"));
    InetSocketAddress address = controller.address();

    controller.close();
    browser.awaitText(".banner", "Controller unreachable, showing state of ");
    browser.awaitText("main", "Needs attention");
    controller = FixtureController.start(address);

    browser.awaitText(".foot", "Live");
    assertThat(browser.driver.findElements(By.cssSelector(".banner"))).isEmpty();
  }

  @Test
  void copy_button_putsTheFlagOnTheClipboard() {
    browser.driver.executeCdpCommand(
        "Browser.grantPermissions",
        Map.of(
            "origin",
            controller.url(""),
            "permissions",
            List.of("clipboardReadWrite", "clipboardSanitizedWrite")));
    browser.show(controller.url("/connect"));
    browser.await("form.fields button[type=submit]").click();
    browser.awaitText("main", "join=em1.");

    browser.await(".step:nth-child(3) .copy").click();

    browser.awaitText(".step:nth-child(3) .copy", "Copied");
    assertThat(
            browser.driver.executeAsyncScript(
                "navigator.clipboard.readText().then(arguments[0], e => arguments[0](String(e)))"))
        .asString()
        .startsWith("java -javaagent:endomesh-agent.jar=service=orders,namespace=default,join=em1.")
        .endsWith("-jar orders.jar");
  }

  @Test
  void connect_instanceJoins_appearsByItself() {
    browser.show(controller.url("/connect"));
    browser.awaitText("main", "Waiting for a new instance");

    controller.change(
        state ->
            state
                .withArray("workloads")
                .add(
                    ((ObjectNode) state.get("workloads").get(0).deepCopy())
                        .put("instance", "billing-1")));

    browser.awaitText(".arrivals", "billing-1", LIVE);
  }

  @Test
  void viewer_seesWhoTheyAre_andNoButtonThatWouldBeRefused() {
    controller.change(
        state -> {
          ObjectNode session = (ObjectNode) state.get("status").get("session");
          session.put("loginRequired", true).put("user", "vera").put("role", "viewer");
          session.putArray("rights").add("read");
        });
    browser.show(controller.url("/connect"));

    browser.awaitText(".foot .user", "vera");
    browser.awaitText("main", "may not make join strings");
    assertThat(browser.await("form.fields button[type=submit]").isEnabled()).isFalse();
    assertThat(browser.accessibilityViolations()).isEmpty();

    assertThat(browser.await("nav").getText())
        .contains("Connect")
        .doesNotContain("Users", "Audit", "Tap");
    for (String path : List.of("/users", "/audit")) {
      browser.show(controller.url(path));
      browser.awaitText("main", "This is an admin's");
    }

    browser.show(controller.url("/settings"));
    browser.awaitText("main", "Sign out");
    browser.await(".card .quiet summary").click();
    browser.awaitText(".quiet", "Old password");
    assertThat(browser.accessibilityViolations()).isEmpty();
  }

  @Test
  void tap_showsCalls_freezes_andCopiesWithoutSecrets() {
    browser.show(controller.url("/tap?service=shop/orders"));
    browser.awaitText("table", "POST /charge");
    assertThat(browser.await("main").getText())
        .contains("by AuthorizationPolicy/finance/only-orders", "from storefront", "3 left out");
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.accessibilityViolations()).isEmpty();

    browser.await(".page-head button").click();
    browser.awaitText(".page-head button", "Go on");

    browser.await("table a[href^='/traces/4bf9']").sendKeys(Keys.ENTER);
    browser.await("a[href='/tap']");
    assertThat(browser.driver.getCurrentUrl()).contains("/traces/4bf92f3577b34da6a3ce929d0e0e4736");
  }

  @Test
  void search_slashAndWords_opensTheServiceByKeyboard() {
    browser.show(controller.url("/"));

    new Actions(browser.driver).sendKeys("/").perform();
    browser.await(".palette input").sendKeys("payments", Keys.ENTER);

    browser.awaitText("h1", "payments");
    assertThat(browser.driver.getCurrentUrl()).endsWith("/services/finance/payments");
  }

  @Test
  void search_open_hasNoViolation() {
    browser.show(controller.url("/"));
    new Actions(browser.driver).sendKeys("/").perform();
    browser.await(".palette input");

    assertThat(browser.accessibilityViolations()).isEmpty();
  }

  @Test
  void explain_filledInByKeyboard_isInTheAddress() {
    browser.show(controller.url("/explain"));

    browser.await("input[name=from]").sendKeys("shop/storefront", Keys.TAB, Keys.TAB);
    browser.driver.switchTo().activeElement().sendKeys("http://orders/api/1?x=1", Keys.TAB);
    browser.driver.switchTo().activeElement().sendKeys("x-user: a b", Keys.TAB, Keys.ENTER);

    browser.awaitText("[data-verdict=depends]", "90 %");
    assertThat(browser.driver.getCurrentUrl())
        .endsWith(
            "/explain?method=GET&url=http://orders/api/1%3Fx%3D1&from=shop/storefront"
                + "&h=x-user:+a+b");
    browser.awaitText(
        ".code pre",
        "endomesh explain GET 'http://orders/api/1?x=1' --from shop/storefront -H 'x-user: a b'");
  }

  @Test
  void explain_headerWithoutColon_saysSoAtItsField() {
    browser.show(controller.url("/explain?url=http://orders/&from=shop/storefront&h=x-user"));

    browser.awaitText("#wrong-headers", "headers: 'x-user' (expected: as x-user: alice)");
    assertThat(browser.await("textarea").getDomAttribute("aria-describedby"))
        .isEqualTo("wrong-headers");
    assertThat(browser.accessibilityViolations()).isEmpty();
  }

  @Test
  void service_explainACall_isFilledInWithACaller() {
    browser.show(controller.url("/services/shop/inventory"));
    browser.await(".actions a[href^='/explain']").click();

    browser.awaitText("h1", "Explain a call");
    assertThat(browser.await("input[name=url]").getDomProperty("value"))
        .isEqualTo("grpc://inventory/");
    assertThat(browser.await("input[name=from]").getDomProperty("value")).isEqualTo("shop/orders");
  }

  @Test
  void route_sliderByKeyboard_showsTheDiffBeforeItIsApplied_andTheCommand() {
    browser.show(controller.url("/routes/shop/mailer"));
    String v2 = "[data-backend=inventory-v2] ";
    browser.await(v2 + "input[type=range]").sendKeys(Keys.ARROW_RIGHT);
    browser.awaitText("[data-backend=inventory-v1]", "89 %");
    browser.await(v2 + "input[type=number]").sendKeys(Keys.chord(Keys.CONTROL, "a"), "11");
    browser.awaitText(".cli", "endomesh route set shop/mailer inventory-v1=89 inventory-v2=11");

    browser.await("section.change .button").sendKeys(Keys.ENTER);

    browser.awaitText("section.change .diff", "weight: 30");
    browser.awaitText("section.change .primary", "Apply");
    assertThat(browser.accessibilityViolations()).isEmpty();
    browser.await("section.change .primary").sendKeys(Keys.ESCAPE);
    browser.awaitText("main", "Ramp up step by step");
  }

  @Test
  void route_rampForm_tellsTheCommandThatDoesTheSame() {
    browser.show(controller.url("/routes/shop/mailer"));
    browser.awaitText("main", "Ramp up step by step");
    browser.await("details.quiet > summary").sendKeys(Keys.ENTER);
    browser.await("input[name=every]").sendKeys(Keys.chord(Keys.CONTROL, "a"), "10");

    browser.awaitText(
        ".ramp-form .cli",
        "endomesh ramp start shop/mailer inventory-v2 --steps 25,50,100 --every PT10S"
            + " --max-errors 5 --min-calls 20");
    assertThat(browser.accessibilityViolations()).isEmpty();
  }

  @Test
  void route_viewer_seesTheRampAndTheFigures_andCanChangeNothing() {
    controller.change(
        state -> {
          ObjectNode session = (ObjectNode) state.get("status").get("session");
          session.put("loginRequired", true).put("user", "vera").put("role", "viewer");
          session.putArray("rights").add("read");
        });
    browser.show(controller.url("/routes/shop/inventory"));

    browser.awaitText("[data-ramp=running]", "86 calls, 1.2 % failed");
    browser.awaitText("main", "Your account may not change it");
    assertThat(browser.driver.findElements(By.cssSelector("[data-ramp] button"))).isEmpty();
    assertThat(browser.await("input[type=range]").isEnabled()).isFalse();
    assertThat(browser.await("[data-backend] input[type=number]").isEnabled()).isFalse();
    assertThat(browser.accessibilityViolations()).isEmpty();
  }

  @Test
  void fault_startedByKeyboard_isABannerOnEveryPage_untilItIsStoppedThere() {
    browser.show(controller.url("/faults?service=shop/inventory"));
    browser.awaitText(
        ".cli", "endomesh fault start shop/inventory --abort 503 --percent 10 --for PT300S");
    browser.await("input[name=delay]").sendKeys("250");
    browser.await("select[name=answer]").sendKeys("gRPC UNAV");
    browser.awaitText(
        ".cli",
        "endomesh fault start shop/inventory --abort-grpc UNAVAILABLE --delay 250 --percent 10"
            + " --for PT300S");

    browser.await(".fault-form button[type=submit]").sendKeys(Keys.ENTER);

    browser.awaitText("[data-fault]", "Fault test by anna: calls of shop/inventory");
    for (String theme : List.of("light", "dark")) {
      browser.prefer(theme);
      for (String page : List.of("/", "/graph", "/services/shop/orders", "/settings")) {
        browser.show(controller.url(page));
        browser.awaitText("[data-fault]", "10 % answered with UNAVAILABLE and delayed by 250 ms");
        assertThat(browser.accessibilityViolations()).as(page + " in " + theme).isEmpty();
      }
    }
    browser.await("[data-fault] button").sendKeys(Keys.ENTER);

    browser.awaitGone("[data-fault]");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void fault_viewer_seesTheBanner_andCanNeitherStartNorStop() {
    controller.change(
        state -> {
          ObjectNode session = (ObjectNode) state.get("status").get("session");
          session.put("loginRequired", true).put("user", "vera").put("role", "viewer");
          session.putArray("rights").add("read");
        });
    controller.startFault();
    browser.show(controller.url("/faults"));

    browser.awaitText("[data-fault]", "calls of shop/inventory");
    browser.awaitText("main", "Your account may not change");
    assertThat(browser.driver.findElements(By.cssSelector("[data-fault] button"))).isEmpty();
    assertThat(browser.await(".fault-form button[type=submit]").isEnabled()).isFalse();
    assertThat(browser.accessibilityViolations()).isEmpty();
  }

  @Test
  void table_arrowKeys_moveBetweenRows() {
    browser.show(controller.url("/services"));
    browser.driver.executeScript("document.querySelector('tbody a').focus()");
    String first = browser.driver.switchTo().activeElement().getText();

    new Actions(browser.driver).sendKeys(Keys.ARROW_DOWN).perform();

    assertThat(browser.driver.switchTo().activeElement().getText()).isNotEqualTo(first);
    assertThat(browser.driver.switchTo().activeElement().getTagName()).isEqualTo("a");
  }

  @Test
  void theme_toggled_isKeptOverALoad() {
    browser.show(controller.url("/"));
    browser.await(".foot button").click();
    browser.show(controller.url("/settings"));

    assertThat(browser.driver.findElement(By.tagName("html")).getDomAttribute("data-theme"))
        .isEqualTo("dark");
    browser.driver.executeScript("localStorage.clear()");
  }

  @Test
  void trace_spanChosen_isInTheAddressAndShowsItsAttributes() {
    browser.show(controller.url(TRACE));
    browser.awaitText("main", "INSERT orders");
    browser.await(".waterfall li:last-child button").click();

    browser.awaitText(".span-detail", "INSERT INTO orders");
    assertThat(browser.driver.getCurrentUrl()).contains("span=");
  }

  static JsonNode find(JsonNode all, String id) {
    for (JsonNode one : all) {
      if (one.get("id").asText().equals(id)) {
        return one;
      }
    }
    throw new AssertionError(id + ": not recorded");
  }

  private static ObjectNode copy(JsonNode nodes, String id, String as) {
    return ((ObjectNode) find(nodes, id).deepCopy())
        .put("id", as)
        .put("name", as.substring(as.indexOf('/') + 1));
  }

  private static ObjectNode edge(JsonNode graph, String source, String destination) {
    return ((ObjectNode) find(graph.get("edges"), EDGE).deepCopy())
        .put("id", source + ">" + destination + ":http")
        .put("source", source)
        .put("destination", destination);
  }
}
