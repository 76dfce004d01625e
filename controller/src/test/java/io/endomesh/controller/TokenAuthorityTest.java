package io.endomesh.controller;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.ca.SoftHsm;
import io.endomesh.controller.ca.TokenFiller;
import io.endomesh.controller.cli.Endomesh;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A controller whose authority's key is in a real token (PKCS #11) and never leaves it. */
@Timeout(120)
class TokenAuthorityTest {

  @TempDir static Path directory;
  private static SoftHsm tokens;
  private static List<String> tried;

  @BeforeAll
  static void make() throws Exception {
    String missing = SoftHsm.missing();
    if (missing != null) {
      assertThat(System.getenv("CI")).as(missing).isNull();
      Assumptions.abort(missing);
    }
    tokens = SoftHsm.make(directory);
    tried = SoftHsm.run(tokens.java(TokenFiller.class, directory.toString()), 0).lines().toList();
  }

  @Test
  void key_ofTheToken_signsByItsKindAndCurve() {
    assertThat(tried)
        .contains("mesh: token, CN=mesh, SHA384withECDSA")
        .contains("rsa: token, CN=root in a token, SHA256withRSA");
  }

  @Test
  void token_thatCannotSign_saysWhatIsExpected() {
    assertThat(tried)
        .contains(
            "several: ca-pkcs11: several.cfg: several private keys, [leaf, rsa] (expected:"
                + " --ca-alias, one of them)",
            "unknown: ca-alias: 'nobody': no private key with a certificate (expected: one of"
                + " [leaf, rsa])",
            "leaf: ca-pkcs11: several.cfg: CN=leaf: CA:FALSE (expected: an authority's, CA:TRUE)",
            "empty: ca-pkcs11: empty.cfg: no private key with a certificate in the token (expected:"
                + " both, under the same CKA_ID and one label)",
            "no root: ca-pkcs11: mesh.cfg: the certificate of CN=company root is missing (expected:"
                + " all up to the root, here or in --ca-chain)",
            "no token: ca-pkcs11: away.cfg: CKR_SLOT_ID_INVALID (expected: a configuration of the"
                + " provider SunPKCS11: name, and library of a PKCS #11 module)",
            "no library: ca-pkcs11: gone.cfg: Library /nowhere/libhsm.so does not exist (expected:"
                + " a configuration of the provider SunPKCS11: name, and library of a PKCS #11"
                + " module)",
            "no file: ca-pkcs11: absent.cfg: no such file, or none that can be read (expected: a"
                + " configuration of the provider SunPKCS11)",
            "no pin: ca-pin-file: absent.cfg: no such file, or none that can be read (expected: a"
                + " file of one line)",
            "open pin: ca-pin-file: mesh.cfg: rw-r--r--, others may read or change it (expected:"
                + " 0600, or 0440 for a secret that is mounted)");
  }

  private static int cli(StringWriter said, String... arguments) {
    return new CommandLine(Endomesh.class)
        .setOut(new PrintWriter(said, true))
        .setErr(new PrintWriter(said, true))
        .execute(arguments);
  }

  /** By TLS that takes the company's root alone. */
  private static X509Certificate shown(int port) throws Exception {
    KeyStore roots = KeyStore.getInstance("PKCS12");
    roots.load(null, null);
    try (InputStream pem = Files.newInputStream(directory.resolve("roots.pem"))) {
      roots.setCertificateEntry(
          "root", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(roots);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    try (SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static ProcessBuilder controller(Path pin) {
    return tokens.java(
        Endomesh.class,
        "controller",
        "--port=0",
        "--data-dir=" + directory.resolve("data"),
        "--ca-pkcs11=" + tokens.configuration("mesh"),
        "--ca-pin-file=" + pin,
        "--ca-chain=" + directory.resolve("roots.pem"));
  }

  @Test
  void controller_wrongPin_doesNotStart_andDoesNotSayThePin() throws Exception {
    Path wrong = tokens.secret("wrong", "1234567\n");

    assertThat(SoftHsm.run(controller(wrong), 1))
        .contains(
            "ca-pin-file: "
                + wrong
                + ": the token does not take it: CKR_PIN_INCORRECT (expected: the user PIN of the"
                + " token that --ca-pkcs11 names)")
        .doesNotContain("1234567");
  }

  @Test
  void controller_ofTheCommandLine_showsACertificateOfTheToken_andWhichKindItIs() throws Exception {
    Process process = controller(tokens.pin()).start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      String line = out.readLine();
      while (line != null && !line.startsWith("Endomesh console")) {
        line = out.readLine();
      }
      assertThat(line).isNotNull();
      URI console = URI.create(line.substring(line.indexOf("http")));

      assertThat(shown(console.getPort()).getIssuerX500Principal().getName()).isEqualTo("CN=mesh");
      StringWriter said = new StringWriter();
      int exit = cli(said, "ca", "status", "--controller=" + console);
      assertThat(exit).as(said.toString()).isZero();
      assertThat(said.toString())
          .contains("authority: token, CN=mesh; since the start 2 signatures, 0 failures");
    } finally {
      process.destroyForcibly();
    }
    try (Stream<Path> files = Files.walk(directory.resolve("data"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .doesNotContain("root.pem", "issuer.pem");
    }
  }

  @Test
  void workloads_joinRenewAndAreRevoked_alsoWhileTheTokenIsAway() throws Exception {
    assertThat(SoftHsm.run(tokens.java(TokenScenario.class, directory.toString()), 0))
        .endsWith("all held\n");
  }
}
