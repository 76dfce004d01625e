package io.endomesh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.endomesh.demo.conformance.SelfSigned;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a caller proves between real processes: to a partner outside the mesh by a certificate that
 * it has in files, and to a service inside by the labels that its join token gave it.
 */
@Timeout(180)
class CallerProofIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  /** Many times what a workload takes to join. */
  private static final Duration START = Duration.ofSeconds(60);

  /** Ten times the second in which files are looked at, and what was applied is in force. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private static final String PARTNER = "api.partner.example";

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Pattern JOIN_STRING = Pattern.compile("em1\\.[A-Za-z0-9_-]+");

  @TempDir private static Path run;
  private static SelfSigned server;
  private static SelfSigned first;
  private static SelfSigned second;
  private static HttpsServer partner;
  private static ControllerProcess controller;
  private static Path pay;
  private static Path cart;
  private static Path lazy;

  @BeforeAll
  static void start() throws Exception {
    server = SelfSigned.of(PARTNER, Files.createDirectory(run.resolve("server")));
    first = SelfSigned.of("first.client", Files.createDirectory(run.resolve("first")));
    second = SelfSigned.of("second.client", Files.createDirectory(run.resolve("second")));
    partner = partner();
    controller = new ControllerProcess(INSTALLATION, run, new Http(), 0);
    pay = join("--service", "pay");
    cart = join("--service", "cart", "--label", "team=checkout");
    lazy = join("--service", "lazy");
  }

  @AfterAll
  static void stop() {
    partner.stop(0);
    if (controller != null) {
      controller.close();
    }
  }

  /** Demands a certificate, and tells whose it was. */
  private static HttpsServer partner() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    char[] password = "of-a-test".toCharArray();
    store.setKeyEntry("server", server.key(), password, new Certificate[] {server.certificate()});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    KeyStore clients = KeyStore.getInstance("PKCS12");
    clients.load(null, null);
    clients.setCertificateEntry("first", first.certificate());
    clients.setCertificateEntry("second", second.certificate());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(clients);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    HttpsServer listening =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    listening.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters demanding = context.getDefaultSSLParameters();
            demanding.setNeedClientAuth(true);
            parameters.setSSLParameters(demanding);
          }
        });
    listening.createContext(
        "/",
        exchange -> {
          X509Certificate shown =
              (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
          String who =
              shown.equals(first.certificate())
                  ? "first"
                  : shown.equals(second.certificate()) ? "second" : "somebody";
          byte[] answer = ("{\"by\":\"" + who + "\"}").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    listening.start();
    return listening;
  }

  /** A join string in a file, for one workload of {@code shop}. */
  private static Path join(String... options) throws IOException {
    String[] command = new String[4 + options.length];
    System.arraycopy(new String[] {"token", "create", "--namespace", "shop"}, 0, command, 0, 4);
    System.arraycopy(options, 0, command, 4, options.length);
    Matcher printed = JOIN_STRING.matcher(controller.endomesh(0, command));
    assertThat(printed.find()).isTrue();
    Path file = Files.createTempFile(run, "join", "");
    Files.writeString(file, printed.group());
    return file;
  }

  private static Spoken workload(Path join, String service, String more) throws IOException {
    List<String> command =
        Installation.java("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + run);
    command.add(
        "-javaagent:%s=join-file=%s,namespace=shop,service=%s,state-dir=%s%s"
            .formatted(INSTALLATION.agent(), join, service, run.resolve("state-" + service), more));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "sample.echo.Echo", service));
    return Spoken.start(command);
  }

  /** Who answered, or the status of who did not. */
  private static String call(Spoken caller, String url) {
    try {
      caller.say(JSON.createObjectNode().put("url", url).toString());
      JsonNode answer = JSON.readTree(caller.after("answer "));
      return answer.at("/received/by").asText(answer.path("status").asText());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(url, e);
    }
  }

  private static void show(SelfSigned pair, SelfSigned keyOf) throws IOException {
    put("client.pem", pair.pem());
    put(
        "key.pem",
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(keyOf.key().getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
  }

  /** As a mounted Secret changes: at once. */
  private static void put(String name, String pem) throws IOException {
    Path written =
        Files.createTempFile(
            run,
            name,
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(written, pem);
    Files.move(written, run.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void partner_thatDemandsACertificate_getsThatOfTheFiles_whateverIsInThem() throws Exception {
    put("ca.pem", server.pem());
    show(first, first);
    controller.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: partner, namespace: shop}
        spec:
          hosts: [%s]
          location: MESH_EXTERNAL
          resolution: STATIC
          ports: [{number: 80, name: http, protocol: HTTP, targetPort: %d}]
          endpoints: [{address: 127.0.0.1}]
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: partner, namespace: shop}
        spec:
          host: %1$s
          trafficPolicy:
            tls:
              mode: MUTUAL
              clientCertificate: %3$s/client.pem
              privateKey: %3$s/key.pem
              caCertificates: %3$s/ca.pem
        """
            .formatted(PARTNER, partner.getAddress().getPort(), run));
    String url = "http://" + PARTNER + "/orders";
    try (Spoken caller = workload(pay, "pay", "")) {
      Await.until("an answer", START, () -> call(caller, url).equals("first"));

      show(second, second);
      Await.until("another pair", SOON, () -> call(caller, url).equals("second"));

      show(first, second);
      Await.until("a key of another", SOON, () -> status().contains("privateKey"));
      assertThat(status()).contains("no TLS to " + PARTNER);
      show(first, first);
      Await.until("the first again", SOON, () -> call(caller, url).equals("first"));

      put("ca.pem", second.pem());
      // The handshake fails, and the application's client says so.
      Await.until("a server of another authority", SOON, () -> call(caller, url).equals("-1"));
      put("ca.pem", server.pem());
      Await.until("its own again", SOON, () -> call(caller, url).equals("first"));
      assertThat(caller.end()).isZero();
      assertThat(caller.said()).doesNotContain("endomesh ERROR", "suppressed");
    }
  }

  private static String status() {
    return controller.endomesh(0, "status");
  }

  @Test
  void service_forCallersWithALabel_letsInWhoseTokenGaveIt_andNotWhoSaysSo() throws Exception {
    controller.apply(
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: checkout, namespace: shop}
        spec:
          selector: {matchLabels: {app: pay}}
          action: ALLOW
          rules: [{when: [{key: "source.labels[team]", values: [checkout]}]}]
        """);
    try (Spoken served = workload(pay, "pay", "");
        Spoken given = workload(cart, "cart", "");
        Spoken said = workload(lazy, "lazy", ",labels=team:checkout")) {
      served.after("serving ");

      Await.until("the one with a label", START, () -> call(given, "http://pay/").equals("pay"));
      Await.until("the other one", START, () -> call(said, "http://pay/").equals("403"));
      assertThat(call(given, "http://pay/")).isEqualTo("pay");
      assertThat(controller.endomesh(10, "authz", "check", "shop/lazy", "shop/pay"))
          .contains("refused: ");
      controller.endomesh(0, "authz", "check", "shop/cart", "shop/pay");
    } finally {
      controller.endomesh(0, "delete", "AuthorizationPolicy", "checkout", "-n", "shop");
    }
  }
}
