package io.endomesh.demo.conformance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A host outside the mesh: answers with what arrived, in plaintext on one port and by TLS on
 * another. Its certificate is {@code keytool}'s, and a root of its own.
 */
final class Partner implements AutoCloseable {

  /** What its certificate proves. */
  static final String NAME = "api.partner.example";

  private final ObjectMapper json = new ObjectMapper();
  private final HttpServer plaintext;
  private final HttpsServer tls;
  private final String root;

  Partner(Path directory) throws IOException, InterruptedException, GeneralSecurityException {
    String password = UUID.randomUUID().toString();
    KeyStore store = keyStore(directory.resolve("partner.p12"), password);
    root = pem(store.getCertificate(NAME).getEncoded());
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    // No trust of its own: it asks nobody for a certificate. Its own one is checked by who calls,
    // which is what the cases are about (EgressTlsUntrusted, EgressTlsWrongName).
    context.init(keys.getKeyManagers(), null, null);

    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    plaintext = HttpServer.create(anyPort, 0);
    tls = HttpsServer.create(anyPort, 0);
    tls.setHttpsConfigurator(new HttpsConfigurator(context));
    start(plaintext, "partner");
    start(tls, "partner by TLS");
  }

  private static KeyStore keyStore(Path file, String password)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path log = file.resolveSibling("keytool.log");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                keytool.toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                NAME,
                "-dname",
                "CN=" + NAME,
                "-ext",
                "san=dns:" + NAME,
                "-keystore",
                file.toString(),
                "-storepass:env",
                "STORE_PASSWORD"));
    builder.environment().put("STORE_PASSWORD", password);
    int exit = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
    if (exit != 0) {
      throw new IllegalStateException("keytool: " + Files.readString(log));
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password.toCharArray());
    }
    return store;
  }

  /** RFC 7468. */
  private static String pem(byte[] certificate) {
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
        .formatted(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate));
  }

  private void start(HttpServer server, String name) {
    server.createContext("/", exchange -> answer(exchange, name));
    server.start();
  }

  private void answer(HttpExchange exchange, String name) throws IOException {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    exchange
        .getRequestHeaders()
        .forEach(
            (header, values) ->
                headers.put(header.toLowerCase(Locale.ROOT), String.join(",", values)));
    byte[] answer =
        json.writeValueAsBytes(
            Map.of(
                "by",
                name,
                "method",
                exchange.getRequestMethod(),
                "path",
                exchange.getRequestURI().getPath(),
                "headers",
                headers));
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  /** {@code text} with what only a started partner knows; the root as a quoted string of YAML. */
  String complete(String text) {
    return text.replace("{port of partner}", port(plaintext))
        .replace("{TLS port of partner}", port(tls))
        .replace("{root of partner}", root.replace("\n", "\\n"));
  }

  private static String port(HttpServer server) {
    return Integer.toString(server.getAddress().getPort());
  }

  @Override
  public void close() {
    plaintext.stop(0);
    tls.stop(0);
  }
}
