package io.endomesh.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import sample.war.Pages;

/**
 * War files in one Tomcat, each a service of its own: called by its name, under its policies, in
 * its own name. In the order of an operator's day, because one container does for all of it.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WarFilesIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  /** Many times what anything here takes. */
  private static final Duration SOON = Duration.ofSeconds(60);

  /** Where an application calls from: on behalf of a request, beside it, and on its own account. */
  private static final List<String> THREADS = List.of("request", "pool", "own");

  @TempDir private static Path run;
  private static Http http;
  private static ControllerProcess controller;
  private static Spoken container;
  private static Spoken caller;
  private static String port;

  @BeforeAll
  static void start() throws Exception {
    http = new Http();
    controller = new ControllerProcess(INSTALLATION, run, http, 0);
    Path join = controller.joinFile("shop");
    container =
        Spoken.start(
            Installation.java(
                agent(join, ",service=container,services=by-context-path;/bills:payments"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "sample.app.Container"));
    port = container.after("serving ");
    Path war = war();
    deploy("/orders", war);
    deploy("/bills", war);
    caller =
        Spoken.start(
            Installation.java(
                agent(join, ",service=caller"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "sample.app.Browser"));
  }

  @AfterAll
  static void stop() {
    caller.close();
    container.close();
    controller.close();
  }

  private static String agent(Path join, String more) throws IOException {
    return "-javaagent:%s=join-file=%s,namespace=shop,state-dir=%s%s"
        .formatted(INSTALLATION.agent(), join, Files.createTempDirectory(run, "state"), more);
  }

  private static void deploy(String path, Path war) throws Exception {
    container.say("deploy " + path + " " + war);
    assertThat(container.after("deployed ")).isEqualTo("true");
  }

  private static Path war() throws Exception {
    Path war = run.resolve("pages.war");
    Path classes =
        Path.of(WarFilesIT.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String xml =
        """
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
          <servlet>
            <servlet-name>pages</servlet-name>
            <servlet-class>%s</servlet-class>
            <load-on-startup>1</load-on-startup>
          </servlet>
          <servlet-mapping>
            <servlet-name>pages</servlet-name>
            <url-pattern>/*</url-pattern>
          </servlet-mapping>
        </web-app>
        """
            .formatted(Pages.class.getName());
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(war));
        var files = Files.list(classes.resolve("sample/war"))) {
      zip.putNextEntry(new ZipEntry("WEB-INF/web.xml"));
      zip.write(xml.getBytes(UTF_8));
      for (Path file : files.toList()) {
        zip.putNextEntry(new ZipEntry("WEB-INF/classes/sample/war/" + file.getFileName()));
        zip.write(Files.readAllBytes(file));
      }
    }
    return war;
  }

  private static void answers(Spoken who, String url, String answer) {
    String[] last = {""};
    try {
      Await.until(url, SOON, () -> (last[0] = who.calls(url)).startsWith(answer));
    } catch (CheckFailed e) {
      throw new AssertionError(e.getMessage() + ", but " + last[0] + "\n" + container.said(), e);
    }
  }

  private static void apply(String yaml) {
    Http.Answer applied = http.post(controller.url() + "/api/v1/apply", "application/yaml", yaml);
    assertThat(applied.ok()).as(applied.body()).isTrue();
  }

  private static void delete(String resource) {
    Http.Answer deleted = http.delete(controller.url() + "/api/v1/namespaces/shop/" + resource);
    assertThat(deleted.status()).as(deleted.body()).isEqualTo(204);
  }

  /** What an application answers to whoever asks by the socket, as a browser does. */
  private static String page(String path) {
    Http.Answer answer = http.get("http://127.0.0.1:" + port + path);
    return answer.status() + " " + answer.body();
  }

  private static Set<String> edges() {
    Set<String> edges = new TreeSet<>();
    for (JsonNode edge : controller.api("graph").get("edges")) {
      edges.add(edge.get("source").asText() + " " + edge.get("destination").asText());
    }
    return edges;
  }

  @Test
  @Order(1)
  void wars_ofOneContainer_areServicesAtOneAddress() {
    for (String service : List.of("container", "orders", "payments")) {
      Await.until(service, SOON, () -> ports(service).equals(List.of(port)));
    }
    answers(caller, "http://orders/orders/", "200 /orders");
    answers(caller, "http://payments/bills/", "200 /bills");
  }

  @Test
  @Order(2)
  void route_toAWar_sparesCallersItsContextPath() throws Exception {
    apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: orders, namespace: shop}
        spec:
          parentRefs: [{group: "", kind: Service, name: orders}]
          rules:
          - matches: [{path: {type: PathPrefix, value: /orders}}]
          - filters:
            - type: URLRewrite
              urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /orders}}
        """);

    answers(caller, "http://orders/list", "200 /orders");
    assertThat(caller.calls("http://orders/orders/list")).isEqualTo("200 /orders");
    delete("httproutes/orders");
    answers(caller, "http://orders/bills/", "200 /bills");
  }

  private static List<String> ports(String service) {
    return controller.workloads(service).stream()
        .flatMap(workload -> workload.findValuesAsText("number").stream())
        .toList();
  }

  /** The policy names callers: each call proves who it is, and so does the one who is called. */
  @Test
  @Order(3)
  void policy_ofOneWar_isForItAloneAndKnowsTheOthersByName() throws Exception {
    apply(
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: bills, namespace: shop}
        spec:
          selector: {matchLabels: {app: payments}}
          action: ALLOW
          rules:
          - from: [{source: {principals: ["*/ns/shop/sa/orders"]}}]
        """);

    answers(caller, "http://payments/bills/", "403");
    answers(caller, "http://orders/orders/", "200 /orders");
    // By another name, and by the socket: it is the application that is called, and refuses itself,
    // as soon as it knows the policy; by its name the caller may have refused in its place.
    answers(caller, "http://orders/bills/", "403");
    assertThat(page("/bills/")).startsWith("403");
    assertThat(page("/orders/")).isEqualTo("200 /orders");
  }

  @Test
  @Order(4)
  void calls_ofAWar_areInItsNameOnWhateverThread() throws Exception {
    for (String thread : THREADS) {
      assertThat(page("/orders/" + thread + "?url=http://payments/bills/"))
          .as(thread)
          .isEqualTo("200 200 /bills");
      assertThat(page("/orders/" + thread + "?url=http://orders/orders/"))
          .as(thread)
          .isEqualTo("200 200 /orders");
    }
    container.say("call http://payments/bills/");
    assertThat(container.after("called ")).isEqualTo("403");
    Await.until(
        "edges",
        SOON,
        () ->
            edges()
                .containsAll(
                    List.of(
                        "shop/caller shop/orders",
                        "shop/caller shop/payments",
                        "shop/orders shop/payments",
                        "shop/orders shop/orders",
                        "shop/container shop/payments")));
  }

  @Test
  @Order(5)
  void mutualTls_demandedByOneWar_isNotByTheOther() throws Exception {
    assertThat(page("/orders/?url=http://payments/bills/")).isEqualTo("200 200 /bills");
    delete("authorizationpolicies/bills");
    Await.until("no policy", SOON, () -> page("/bills/").equals("200 /bills"));
    apply(
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: bills, namespace: shop}
        spec:
          selector: {matchLabels: {app: payments}}
          mtls: {mode: STRICT}
        """);

    Await.until("STRICT", SOON, () -> page("/bills/").startsWith("403"));
    assertThat(page("/orders/")).isEqualTo("200 /orders");
    assertThat(caller.calls("http://payments/bills/")).isEqualTo("200 /bills");
    assertThat(caller.calls("http://orders/orders/")).isEqualTo("200 /orders");
  }

  @Test
  @Order(6)
  void undeploy_ofOneWar_endsItsServiceAndLeavesNothingBehind() throws Exception {
    for (String thread : THREADS) {
      assertThat(caller.calls("http://payments/bills/" + thread + "?url=http://orders/orders/"))
          .as(thread)
          .isEqualTo("200 200 /orders");
    }

    container.say("undeploy /bills");
    assertThat(container.after("undeployed ")).isEqualTo("and collected");

    Await.until("payments gone", SOON, () -> controller.workloads("payments").isEmpty());
    for (JsonNode workload : controller.workloads("orders")) {
      assertThat(workload.get("suppressedExceptions").asLong()).isZero();
    }
    answers(caller, "http://payments/bills/", "503");
    assertThat(caller.calls("http://orders/orders/")).isEqualTo("200 /orders");

    deploy("/bills", run.resolve("pages.war"));
    answers(caller, "http://payments/bills/", "200 /bills");
    assertThat(container.end()).as(container.said()).isZero();
    Await.until("all gone", SOON, () -> controller.workloads("orders").isEmpty());
    assertThat(container.said())
        .contains("WARN payments: refused caller=spiffe://endomesh.local/ns/shop/sa/caller")
        .doesNotContain("WARN orders: refused", "endomesh ERROR");
  }
}
