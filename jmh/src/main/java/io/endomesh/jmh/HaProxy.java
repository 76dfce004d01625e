package io.endomesh.jmh;

import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.demo.Child;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a side-car mesh does to a hop: two proxies on the same machine, plaintext to the application
 * on both ends, mutual TLS between them.
 */
final class HaProxy {

  private HaProxy() {}

  /** Where HAProxy is installed, if it is. */
  static Optional<Path> executable() {
    return Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
            Stream.of("/usr/sbin", "/usr/local/sbin"))
        .map(directory -> Path.of(directory, "haproxy"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** A running pair of proxies and the port of the first. */
  record Pair(Child process, int port) implements AutoCloseable {
    @Override
    public void close() {
      process.close();
    }
  }

  static Pair start(Path executable, Path run, int serverPort) throws IOException {
    TestAuthority authority = new TestAuthority();
    Path client = writeKeyPair(authority, run.resolve("client.pem"), "spiffe://bench/client");
    Path server = writeKeyPair(authority, run.resolve("server.pem"), "spiffe://bench/server");
    Path root = Files.writeString(run.resolve("root.pem"), pem("CERTIFICATE", encoded(authority)));
    int outbound = freePort();
    int inbound = freePort();
    Path configuration =
        Files.writeString(
            run.resolve("haproxy.cfg"),
            """
            global
              nbthread 2
            defaults
              mode http
              option http-keep-alive
              timeout connect 5s
              timeout client 60s
              timeout server 60s
            listen outbound
              bind 127.0.0.1:%1$d
              http-reuse always
              server peer 127.0.0.1:%2$d ssl crt %3$s ca-file %5$s verify required
            listen inbound
              bind 127.0.0.1:%2$d ssl crt %4$s ca-file %5$s verify required
              http-reuse always
              server app 127.0.0.1:%6$d
            """
                .formatted(outbound, inbound, client, server, root, serverPort));
    Child child =
        Child.start(
            "haproxy",
            run,
            Map.of(),
            List.of(executable.toString(), "-V", "-db", "-f", configuration.toString()));
    child.awaitOutput(
        Pattern.compile("(?i)(new worker|using epoll|Available polling)"), Duration.ofSeconds(10));
    return new Pair(child, outbound);
  }

  private static Path writeKeyPair(TestAuthority authority, Path file, String uri)
      throws IOException {
    KeyPair key = TestAuthority.newKey();
    return Files.writeString(
        file,
        pem("CERTIFICATE", encoded(authority.certificate(key, uri)))
            + pem("PRIVATE KEY", key.getPrivate().getEncoded()));
  }

  private static byte[] encoded(TestAuthority authority) {
    return encoded(authority.root());
  }

  private static byte[] encoded(java.security.cert.X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(type, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
