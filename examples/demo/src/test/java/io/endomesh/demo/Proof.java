package io.endomesh.demo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Key and certificate of a workload, as somebody has them who took them from its disk. */
record Proof(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> roots) {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END");

  private static final char[] NO_PASSWORD = new char[0];

  /** What the agent keeps. */
  static Proof kept(Path state) throws IOException, GeneralSecurityException {
    String text;
    try (Stream<Path> files = Files.walk(state)) {
      Path file =
          files
              .filter(each -> each.getFileName().toString().startsWith("credentials-"))
              .findFirst()
              .orElseThrow();
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    }
    PrivateKey key = null;
    List<X509Certificate> chain = new ArrayList<>();
    List<X509Certificate> roots = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      byte[] der = Base64.getMimeDecoder().decode(blocks.group(2));
      if (blocks.group(1).equals("PRIVATE KEY")) {
        key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
      } else {
        X509Certificate certificate =
            (X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der));
        boolean root =
            certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
        (root ? roots : chain).add(certificate);
      }
    }
    return new Proof(key, chain, roots);
  }

  Connection connect(int port) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("taken", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, NO_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (X509Certificate root : roots) {
      trusted.setCertificateEntry(root.getSubjectX500Principal().getName(), root);
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    return new Connection(socket);
  }

  boolean isRefusedBy(int port) throws GeneralSecurityException {
    try (Connection connection = connect(port)) {
      return !connection.get().contains(" 200 ");
    } catch (IOException refused) {
      return true;
    }
  }

  /** Open until it is closed: by this one, or by the server. */
  static final class Connection implements AutoCloseable {

    private final SSLSocket socket;

    private Connection(SSLSocket socket) {
      this.socket = socket;
    }

    /** The status line of an answer, or what went wrong. */
    String get() {
      try {
        socket
            .getOutputStream()
            .write("GET /x HTTP/1.1\r\nHost: orders\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return answer(socket.getInputStream());
      } catch (IOException e) {
        return e.toString();
      }
    }

    private static String answer(InputStream in) throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          return "closed";
        }
        head.append((char) next);
      }
      Matcher length = Pattern.compile("(?i)content-length: *(\\d+)").matcher(head);
      if (length.find()) {
        in.readNBytes(Integer.parseInt(length.group(1)));
      }
      return head.substring(0, head.indexOf("\r\n"));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
