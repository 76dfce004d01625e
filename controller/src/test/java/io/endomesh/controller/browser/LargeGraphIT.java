package io.endomesh.controller.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * The graph of a mesh of 500 services and 2000 connections, a fifth of which change each second.
 */
class LargeGraphIT {

  private static final int NAMESPACES = 10;
  private static final int SERVICES = 500;
  private static final int CONNECTIONS = 2_000;
  private static final int CHANGED = 400;
  private static final int UPDATES = 6;

  /** Of an update, of which there is one each second. */
  private static final Duration FLUENT = Duration.ofMillis(250);

  @TempDir static Path profile;
  private static Browser browser;
  private final Random random = new Random(7);
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
    controller.change(this::enlarge);
    browser.prefer("light");
  }

  @AfterEach
  void stop() {
    browser.driver.get("about:blank");
    controller.close();
    browser.complaints();
  }

  @Test
  void graph_ofManyServices_isABoxForEachNamespace_whichOpens() {
    browser.show(controller.url("/graph"));
    browser.await("[data-node='namespace:n3']");
    assertThat(drawn("[data-node]")).hasSize(NAMESPACES);
    assertThat(browser.await("[data-node='namespace:n3']").getDomAttribute("aria-label"))
        .contains("n3: ", "50 services, 50 instances");
    assertThat(browser.accessibilityViolations()).isEmpty();

    browser.await("[data-node='namespace:n3']").sendKeys(Keys.ENTER);
    browser.awaitText(".panel", "Draw its services");
    assertThat(browser.accessibilityViolations()).isEmpty();
    Map<String, String> before = places();
    browser.await(".panel .more a").sendKeys(Keys.ENTER);

    await("[data-node='n3/s3']");
    assertThat(browser.driver.getCurrentUrl()).contains("open=n3");
    assertThat(drawn("[data-node]")).hasSize(NAMESPACES - 1 + SERVICES / NAMESPACES);
    before.remove("namespace:n3");
    assertThat(places()).containsAllEntriesOf(before);
  }

  @Test
  void graph_aroundAService_isAsFarAsTheAddressSays() {
    browser.show(controller.url("/graph?focus=n3/s3&hops=1"));
    browser.await("[data-node='n3/s3']");
    int near = drawn("[data-node]").size();

    browser.await("select[name=hops]").sendKeys("2");

    new WebDriverWait(browser.driver, Duration.ofSeconds(10))
        .until(driver -> drawn("[data-node]").size() > near);
    assertThat(browser.driver.getCurrentUrl()).contains("hops=2");
    assertThat(drawn("[data-node]").size()).isLessThan(SERVICES);
    assertThat(browser.accessibilityViolations()).isEmpty();
  }

  @Test
  void graph_allDrawn_staysFluent_andNothingJumps() {
    browser.show(controller.url("/graph?group=none"));
    await("[data-node='n0/s490']");
    assertThat(drawn("[data-node]")).hasSize(SERVICES);
    assertThat(drawn("[data-edge]")).hasSize(CONNECTIONS);
    Map<String, String> before = places();
    List<Double> busy = updates();

    controller.change(
        state -> {
          ObjectNode graph = (ObjectNode) state.get("graph");
          ObjectNode added = ((ObjectNode) graph.get("nodes").get(0).deepCopy());
          graph.withArray("nodes").add(added.put("id", "n0/late").put("name", "late"));
          ObjectNode edge = ((ObjectNode) graph.get("edges").get(0).deepCopy());
          graph
              .withArray("edges")
              .add(
                  edge.put("id", "n1/s1>n0/late:http")
                      .put("source", "n1/s1")
                      .put("destination", "n0/late"));
        });
    await("[data-node='n0/late']");

    assertThat(places()).containsAllEntriesOf(before).hasSize(SERVICES + 1);
    assertThat(median(busy)).as("of %s", busy).isLessThan(FLUENT.toMillis());
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void pages_ofManyServices_stayFluent() {
    for (String page : List.of("/", "/graph", "/services")) {
      browser.show(controller.url(page));
      List<Double> busy = updates();

      assertThat(median(busy)).as("of %s at %s", busy, page).isLessThan(FLUENT.toMillis());
    }
  }

  /** How long the page was busy with each of some updates, in milliseconds. */
  private List<Double> updates() {
    // Its own time, not that of whoever else is at work on the machine.
    browser.driver.executeCdpCommand("Performance.enable", Map.of("timeDomain", "threadTicks"));
    List<Double> busy = new ArrayList<>();
    for (int i = 0; i < UPDATES; i++) {
      long seen = sequence();
      double before = busySeconds();
      controller.change(this::shake);
      // The one that is seen next may have been on its way already.
      new WebDriverWait(browser.driver, Duration.ofSeconds(20), Duration.ofMillis(100))
          .until(driver -> sequence() >= seen + 2);
      busy.add((busySeconds() - before) * 1_000 / (sequence() - seen));
    }
    return busy;
  }

  /** Of the thread that runs scripts and lays out, since the page was opened. */
  @SuppressWarnings("unchecked")
  private static double busySeconds() {
    Map<String, Object> answer =
        browser.driver.executeCdpCommand("Performance.getMetrics", Map.of());
    for (Map<String, Object> metric : (List<Map<String, Object>>) answer.get("metrics")) {
      if (metric.get("name").equals("TaskDuration")) {
        return ((Number) metric.get("value")).doubleValue();
      }
    }
    throw new AssertionError("no TaskDuration in " + answer);
  }

  private long sequence() {
    Object text =
        browser.driver.executeScript("return document.querySelector('.page').dataset.sequence");
    return Long.parseLong(String.valueOf(text));
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  /** Also out of sight. */
  private void await(String selector) {
    new WebDriverWait(browser.driver, Duration.ofSeconds(20))
        .until(driver -> !drawn(selector).isEmpty());
  }

  private List<WebElement> drawn(String selector) {
    return browser.driver.findElements(By.cssSelector(selector));
  }

  @SuppressWarnings("unchecked")
  private Map<String, String> places() {
    return (Map<String, String>)
        browser.driver.executeScript(
            "return Object.fromEntries([...document.querySelectorAll('[data-node]')].map(n =>"
                + " [n.dataset.node, n.getAttribute('transform')]))");
  }

  private void shake(ObjectNode state) {
    ArrayNode edges = (ArrayNode) state.get("graph").get("edges");
    for (int i = 0; i < CHANGED; i++) {
      ObjectNode stats = (ObjectNode) edges.get(random.nextInt(edges.size())).get("stats");
      double rate = stats.get("requestsPerSecond").asDouble();
      stats.put("requestsPerSecond", rate * (0.8 + 0.4 * random.nextDouble()));
    }
  }

  /** Calls go from a service to ones after it, as in meshes that have grown. */
  private void enlarge(ObjectNode state) {
    ObjectNode graph = (ObjectNode) state.get("graph");
    ObjectNode node = (ObjectNode) ConsoleIT.find(graph.get("nodes"), "shop/orders");
    ObjectNode edge = (ObjectNode) graph.get("edges").get(0);
    ObjectNode service = (ObjectNode) ConsoleIT.find(state.get("services"), "shop/orders");
    ObjectNode workload = (ObjectNode) state.get("workloads").get(0);
    ArrayNode nodes = graph.putArray("nodes");
    ArrayNode edges = graph.putArray("edges");
    ArrayNode services = state.putArray("services");
    ArrayNode workloads = state.putArray("workloads");
    for (int i = 0; i < SERVICES; i++) {
      String namespace = "n" + i % NAMESPACES;
      String id = id(i);
      nodes.add(named(node, id, namespace, i).put("workloads", 1).put("connected", 1));
      services.add(named(service, id, namespace, i));
      workloads.add(
          workload
              .deepCopy()
              .put("instance", "s" + i + "-1")
              .put("serviceId", id)
              .put("namespace", namespace)
              .put("service", "s" + i));
    }
    Set<String> ids = new LinkedHashSet<>();
    while (ids.size() < CONNECTIONS) {
      int from = random.nextInt(SERVICES - 1);
      int to = Math.min(SERVICES - 1, from + 1 + random.nextInt(120));
      String id = id(from) + ">" + id(to) + ":http";
      if (ids.add(id)) {
        edges.add(
            edge.deepCopy()
                .put("id", id)
                .put("source", id(from))
                .put("destination", id(to))
                .put("protocol", "http"));
      }
    }
  }

  private static ObjectNode named(ObjectNode one, String id, String namespace, int number) {
    return one.deepCopy().put("id", id).put("namespace", namespace).put("name", "s" + number);
  }

  private static String id(int service) {
    return "n" + service % NAMESPACES + "/s" + service;
  }
}
