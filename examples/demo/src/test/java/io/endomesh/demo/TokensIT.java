package io.endomesh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.endomesh.dataplane.token.TestIssuer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tokens between real processes: an issuer, a controller that fetches its keys, and a server that
 * joined by a token of it, in a file, and takes those of users.
 */
@Timeout(180)
class TokensIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String PASSWORD = "of-a-test";

  @TempDir private static Path run;
  private static final Http HTTP = new Http();
  private static HttpsServer issuer;
  private static volatile TestIssuer key = TestIssuer.of("first");
  private static ControllerProcess controller;

  @BeforeAll
  static void start() throws Exception {
    Path keys = run.resolve("issuer.p12");
    Path authority = run.resolve("issuer.pem");
    keytool(
        "-genkeypair",
        "-alias",
        "issuer",
        "-keyalg",
        "EC",
        "-dname",
        "CN=issuer",
        "-ext",
        "san=dns:localhost",
        "-keystore",
        keys.toString(),
        "-storepass",
        PASSWORD);
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "issuer",
        "-file",
        authority.toString(),
        "-keystore",
        keys.toString(),
        "-storepass",
        PASSWORD);
    issuer = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
    issuer.createContext(
        "/",
        exchange -> {
          String answer =
              exchange.getRequestURI().getPath().endsWith("openid-configuration")
                  ? "{\"issuer\":\"" + name() + "\",\"jwks_uri\":\"" + name() + "/keys\"}"
                  : key.jwks();
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    issuer.start();
    controller =
        new ControllerProcess(
            INSTALLATION,
            run,
            HTTP,
            0,
            List.of(
                "--jwks-allow=127.0.0.0/8,::1/128",
                "--jwks-ca=" + authority,
                "--jwks-refresh=PT1S"));
  }

  @AfterAll
  static void stop() {
    issuer.stop(0);
    if (controller != null) {
      controller.close();
    }
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private static SSLContext context(Path file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static String name() {
    return "https://localhost:" + issuer.getAddress().getPort();
  }

  private static String token(TestIssuer by, String audience, String more) {
    return by.token(
        "{\"iss\":\""
            + name()
            + "\",\"aud\":[\""
            + audience
            + "\"],\"exp\":"
            + Instant.now().plusSeconds(600).getEpochSecond()
            + ","
            + more
            + "}");
  }

  private static String user(TestIssuer by, String subject) {
    return token(by, "front", "\"sub\":\"" + subject + "\"");
  }

  private static int status(String port, String token) {
    String url = "http://127.0.0.1:" + port + "/";
    return (token.isEmpty() ? HTTP.get(url) : HTTP.get(url, "authorization", "Bearer " + token))
        .status();
  }

  @Test
  void server_joinsByATokenInAFile_andTakesTokensOfUsers_whateverBecomesOfTheIssuer()
      throws Exception {
    controller.apply(
        """
        apiVersion: endomesh.io/v1
        kind: JoinIssuer
        metadata: {name: cluster, namespace: endomesh-system}
        spec: {issuer: "%1$s", audiences: [endomesh], namespaces: [shop]}
        ---
        apiVersion: security.istio.io/v1
        kind: RequestAuthentication
        metadata: {name: people, namespace: shop}
        spec: {selector: {matchLabels: {app: front}}, jwtRules: [{issuer: "%1$s", audiences: [front]}]}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: alice, namespace: shop}
        spec:
          selector: {matchLabels: {app: front}}
          rules: [{from: [{source: {requestPrincipals: ["%1$s/alice"]}}]}]
        """
            .formatted(name()));
    Path account = run.resolve("account-token");
    Files.writeString(
        account,
        token(
            key,
            "endomesh",
            "\"kubernetes.io\":{\"namespace\":\"shop\",\"serviceaccount\":{\"name\":\"front\"}}"));
    Path join = run.resolve("join-by-file");
    Files.writeString(join, controller.endomesh(0, "token", "create", "--file=" + account));
    Path state = Files.createTempDirectory(run, "state");
    List<String> command =
        Installation.java(
            "-javaagent:%s=join-file=%s,namespace=shop,service=front,state-dir=%s"
                .formatted(INSTALLATION.agent(), join, state),
            "-cp",
            System.getProperty("java.class.path"),
            "sample.app.Front",
            // Whom it calls for each request: nobody is there.
            "127.0.0.1:1");

    try (Spoken front = Spoken.start(command)) {
      String port = front.after("serving ");
      TestIssuer first = key;
      String alice = user(first, "alice");
      Await.until("the server's policy", SOON, () -> status(port, "") == 403);
      Await.until("the issuer's keys", SOON, () -> status(port, alice) == 200);
      assertThat(status(port, user(first, "bob"))).isEqualTo(403);
      assertThat(status(port, user(TestIssuer.of("first"), "alice"))).isEqualTo(401);

      TestIssuer second = TestIssuer.of("second");
      key = second;
      String later = user(second, "alice");
      Await.until("the next key", SOON, () -> status(port, later) == 200);
      assertThat(status(port, alice)).as("the key that was taken back").isEqualTo(401);

      issuer.stop(0);
      controller.kill();
      assertThat(status(port, later)).as("without controller and issuer").isEqualTo(200);
      controller.restart();
      Await.until("the server's return", SOON, () -> !controller.workloads("front").isEmpty());
      assertThat(status(port, later)).as("by keys of before the restart").isEqualTo(200);
      assertThat(status(port, alice)).isEqualTo(401);
      assertThat(front.said()).doesNotContain(alice, later, Files.readString(account));
    }
  }
}
