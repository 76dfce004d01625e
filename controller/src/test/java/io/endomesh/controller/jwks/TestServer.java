package io.endomesh.controller.jwks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.endomesh.dataplane.identity.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** An issuer on the loopback address that answers as it is told. Thread-safe. */
public final class TestServer implements AutoCloseable {

  /** How it answers. */
  public interface Behaviour {
    void answer(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final TestAuthority authority = new TestAuthority();
  private final CountDownLatch ends = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();
  private volatile Behaviour behaviour = exchange -> status(exchange, 404, "");

  public TestServer() throws IOException {
    this(null);
  }

  /**
   * @param proof key and certificates that it shows; null for those of its name
   */
  public TestServer(KeyStore.@Nullable PrivateKeyEntry proof) throws IOException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(proof)));
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  private SSLContext context(KeyStore.@Nullable PrivateKeyEntry proof) {
    try {
      KeyPair key = TestAuthority.newKey();
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      Certificate[] chain = {authority.serverCertificate(key, "localhost")};
      if (proof == null) {
        store.setKeyEntry("server", key.getPrivate(), new char[0], chain);
      } else {
        store.setKeyEntry(
            "server", proof.getPrivateKey(), new char[0], proof.getCertificateChain());
      }
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    try (exchange) {
      behaviour.answer(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public void answers(Behaviour next) {
    behaviour = next;
  }

  /** Where it says its keys are, and they. */
  public void answersKeys(String jwks) {
    answers(
        exchange ->
            status(
                exchange,
                200,
                exchange.getRequestURI().getPath().endsWith("/openid-configuration")
                    ? "{\"issuer\":\"" + url() + "\",\"jwks_uri\":\"" + url() + "/keys\"}"
                    : jwks));
  }

  public void hangs() {
    answers(exchange -> ends.await());
  }

  public static void status(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  public int asked() {
    return asked.get();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** The name of the issuer. */
  public String url() {
    return "https://localhost:" + port();
  }

  /** Whom to trust to trust it. */
  public Path authorities(Path directory) throws IOException {
    try {
      return Files.writeString(
          directory.resolve("issuer-ca.pem"),
          "-----BEGIN CERTIFICATE-----\n"
              + Base64.getMimeEncoder().encodeToString(authority.root().getEncoded())
              + "\n-----END CERTIFICATE-----\n");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    ends.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
