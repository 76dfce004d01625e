package io.endomesh.controller.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.ca.Attestation.Covers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An authority that is asked by command, as it should be and as it should not. */
@Timeout(60)
class ExternalAttacksTest {

  private static final Duration DAY = Duration.ofHours(24);
  private static final String ORDERS = "spiffe://endomesh.local/ns/shop/sa/orders";

  private final Clock clock = Clock.systemUTC();
  @TempDir Path directory;
  private OpenSsl authority;

  @BeforeEach
  void make() throws Exception {
    authority = OpenSsl.make(directory);
  }

  private External open(String script) throws Exception {
    return open(script, SigningCommand.PATIENCE);
  }

  private External open(String script, Duration patience) throws Exception {
    return External.open(authority.command(script), patience, clock);
  }

  private static CertificateOrder order(KeyPair keys) {
    return new CertificateOrder(
        Signing.request(keys, names(ORDERS)),
        keys.getPublic(),
        ORDERS,
        List.of(),
        List.of(),
        true,
        DAY);
  }

  private static GeneralNames names(String uri) {
    return new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
  }

  private void refused(String script, String why) throws Exception {
    External external = open(script);
    assertThatThrownBy(() -> external.certify(order(Signing.newKeyPair())))
        .isInstanceOf(NotIssued.class)
        .hasMessageStartingWith("--ca-command: " + why);
    assertThat(external.counts().failed()).isOne();
    assertThat(external.counts().lastFailure()).startsWith("--ca-command: " + why);
  }

  private void refusedWith(String from, String to, String why) throws Exception {
    assertThat(OpenSsl.SIGN).contains(from);
    refused(OpenSsl.SIGN.replace(from, to), why);
  }

  @Test
  void command_thatDoesAsItIsTold_signs() throws Exception {
    External external = open(OpenSsl.SIGN);
    KeyPair keys = Signing.newKeyPair();

    List<X509Certificate> chain = external.certify(order(keys));

    assertThat(chain).hasSize(2);
    assertThat(chain.get(0).getPublicKey()).isEqualTo(keys.getPublic());
    assertThat(chain.get(1)).isEqualTo(external.roots().get(0));
    assertThat(external.counts().issued()).isOne();
    assertThat(external.signer()).isEqualTo(chain.get(1));
  }

  @Test
  void command_thatFails_isSaidWithItsFirstWords() throws Exception {
    refused("echo 'no\nroom' >&2; exit 3", "exit 3: no; room");
    refused("exit 0", "no certificate in its answer (expected: a chain in PEM)");
    refused("echo hello", "no certificate in its answer (expected: a chain in PEM)");
    External absent =
        External.open(
            new AuthoritySource.Command(List.of("/no/such/program"), authority.root()), clock);
    assertThatThrownBy(() -> absent.certify(order(Signing.newKeyPair())))
        .hasMessageStartingWith("--ca-command: does not start (");
  }

  @Test
  void command_thatHangs_isEndedWithWhatItStarted() throws Exception {
    Path started = directory.resolve("started");
    External external = open("sleep 600 & echo $! > " + started + "; wait", Duration.ofSeconds(2));

    assertThatThrownBy(() -> external.certify(order(Signing.newKeyPair())))
        .hasMessage("--ca-command: no answer in 2000 ms");

    long pid = Long.parseLong(Files.readString(started).strip());
    ProcessHandle.of(pid)
        .ifPresent(sleeper -> sleeper.onExit().orTimeout(10, TimeUnit.SECONDS).join());
  }

  @Test
  void command_thatFloods_isReadNoFurther() throws Exception {
    refused("yes", "more than 65536 bytes of answer (expected: a chain in PEM)");
    External complaining = open("yes >&2", Duration.ofSeconds(2));
    assertThatThrownBy(() -> complaining.certify(order(Signing.newKeyPair())))
        .hasMessageStartingWith("--ca-command: no answer in 2000 ms: y; y")
        .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(4000));
  }

  @Test
  void command_answersAnotherKey_isNotTaken() throws Exception {
    refusedWith(
        "-in \"$d/csr\"",
        "-in \"$d/csr\" -force_pubkey " + authority.root().resolveSibling("other.pub"),
        "a certificate for another key (expected: for that of the request)");
  }

  @Test
  void command_answersAnotherId_isNotTaken() throws Exception {
    String names = "critical,$ENDOMESH_SUBJECT_ALT_NAME";
    refusedWith(
        names,
        "critical,URI:spiffe://endomesh.local/ns/shop/sa/admin",
        "a certificate with the URI names [spiffe://endomesh.local/ns/shop/sa/admin] (expected: ["
            + ORDERS
            + "])");
    refusedWith(
        names, names + ",URI:spiffe://endomesh.local/x", "a certificate with the URI names");
    refusedWith(names, names + ",DNS:mesh.example", "a certificate with the names [mesh.example]");
    refusedWith(names, names + ",email:a@b.example", "a certificate with the names []");
  }

  @Test
  void command_answersOfAnotherAuthority_isNotTaken() throws Exception {
    refused(
        OpenSsl.SIGN.replace("ca.pem", "other.pem").replace("ca.key", "other.key"),
        "a certificate of [CN=other], which ends in no root of --ca-root (expected: its chain)");
  }

  @Test
  void command_answersWhatVouchesForMore_isNotTaken() throws Exception {
    refusedWith("CA:FALSE", "CA:TRUE", "a certificate with CA:TRUE (expected: CA:FALSE)");
    refusedWith(
        "critical,digitalSignature", "critical,digitalSignature,cRLSign", "a key usage that does");
    refusedWith(
        "extendedKeyUsage = $ENDOMESH_EXTENDED_KEY_USAGE",
        "extendedKeyUsage = serverAuth",
        "an extended key usage of [1.3.6.1.5.5.7.3.1] (expected: serverAuth,clientAuth)");
    refusedWith(
        "extendedKeyUsage = $ENDOMESH_EXTENDED_KEY_USAGE",
        Attestation.EXTENSION.getId() + " = ASN1:UTF8:{}\nextendedKeyUsage = serverAuth,clientAuth",
        "an extension by which the controller vouches (expected: none that it did not write)");
    refusedWith("-days 1", "-days 400", "a certificate that ends at ");
    refusedWith("-sha256", "-sha1", "a signature of SHA1withECDSA");
    refusedWith(
        "-CAcreateserial",
        "-set_serial 7",
        "a serial number of 3 bits (expected: a random one of 64 bits or more");
  }

  @Test
  void command_givesANumberTwice_isNotTaken() throws Exception {
    External external =
        open(OpenSsl.SIGN.replace("-CAcreateserial", "-set_serial 0x1234567890abcdef1234"));
    external.certify(order(Signing.newKeyPair()));

    assertThatThrownBy(() -> external.certify(order(Signing.newKeyPair())))
        .hasMessage(
            "--ca-command: the serial number 1234567890abcdef1234 once more (expected: another"
                + " each time)");
  }

  @Test
  void request_thatAsksForMoreThanItsId_isNotHandedOn() throws Exception {
    KeyPair keys = Signing.newKeyPair();
    ExtensionsGenerator more = new ExtensionsGenerator();
    more.addExtension(Extension.subjectAlternativeName, false, names(ORDERS));
    more.addExtension(
        Attestation.EXTENSION,
        false,
        new Attestation(Covers.NAMESPACE, Map.of("tier", "gold")).extension());
    String csr =
        PemFile.text(
            new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), keys.getPublic())
                .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, more.generate())
                .build(Signing.signer(keys.getPrivate())));
    assertThatThrownBy(() -> SigningRequest.parse(csr).modestly(ORDERS))
        .hasMessageStartingWith("csr: it asks for extensions (expected: none but " + ORDERS);

    String named =
        PemFile.text(
            new JcaPKCS10CertificationRequestBuilder(
                    new X500Principal("CN=postgres"), keys.getPublic())
                .build(Signing.signer(keys.getPrivate())));
    assertThatThrownBy(() -> SigningRequest.parse(named).modestly(ORDERS))
        .hasMessageStartingWith("csr: a subject (expected: none");

    String others = Signing.request(keys, names("spiffe://endomesh.local/ns/shop/sa/admin"));
    assertThatThrownBy(() -> SigningRequest.parse(others).modestly(ORDERS))
        .hasMessageStartingWith("csr: it asks for extensions");
    String own = Signing.request(keys, names(ORDERS));
    assertThat(SigningRequest.parse(own).modestly(ORDERS)).isEqualTo(own);
  }

  @Test
  void variables_areNoShellsToRead() throws Exception {
    CertificateOrder order = order(Signing.newKeyPair());
    Path told = directory.resolve("told");
    String answer =
        new SigningCommand(
                List.of("/bin/sh", authority.script("env > " + told + "; cat").toString(), "$(id)"),
                SigningCommand.PATIENCE)
            .run(order.csr(), order.variables());
    assertThat(answer).isEqualTo(order.csr());
    assertThat(Files.readString(told))
        .contains("ENDOMESH_SPIFFE_ID=" + ORDERS + "\n")
        .contains("ENDOMESH_SUBJECT_ALT_NAME=URI:" + ORDERS + "\n")
        .contains("ENDOMESH_TTL_SECONDS=86400\n");
  }

  @Test
  void command_manyAtOnce_runsAFewAndTheOthersWait() throws Exception {
    Path running = Files.createDirectory(directory.resolve("running"));
    Path most = Files.createDirectory(directory.resolve("most"));
    // Each leaves how many it saw beside itself, itself among them.
    String counting =
        "touch "
            + running
            + "/$$; n=$(ls "
            + running
            + " | wc -l); touch "
            + most
            + "/$n; "
            + OpenSsl.SIGN
            + "\nrm "
            + running
            + "/$$";
    External external = open(counting);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Future<List<X509Certificate>>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(pool.submit(() -> external.certify(order(Signing.newKeyPair()))));
      }
      for (Future<List<X509Certificate>> each : all) {
        assertThat(each.get(40, TimeUnit.SECONDS)).hasSize(2);
      }
    } finally {
      pool.shutdownNow();
    }
    try (var seen = Files.list(most)) {
      assertThat(seen.map(file -> Integer.parseInt(file.getFileName().toString().strip())))
          .isNotEmpty()
          .allMatch(atOnce -> atOnce <= 4);
    }
  }
}
