package io.endomesh.controller.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.FakeClock;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.TrustBundle;
import io.endomesh.dataplane.trail.TrailTokens;
import io.endomesh.xds.identity.Pem;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {

  private static final Duration DAY = Duration.ofHours(24);

  private final FakeClock clock = new FakeClock();
  @TempDir Path directory;

  private CertificateAuthority open() throws IOException {
    return CertificateAuthority.open(
        directory,
        new AuthoritySource.SelfMade(),
        Odd.revocations(clock),
        "endomesh.local",
        DAY,
        clock);
  }

  private static KeyPair keys(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static String csr(KeyPair named, KeyPair signer, String algorithm) throws Exception {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(
          new JcaPKCS10CertificationRequestBuilder(
                  new X500Principal("CN=admin.other"), named.getPublic())
              .build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate())));
    }
    return text.toString();
  }

  private static SigningRequest request() throws Exception {
    KeyPair keys = keys("EC", 256);
    return SigningRequest.parse(csr(keys, keys, "SHA256withECDSA"));
  }

  @Test
  void trailToken_ofThisAuthority_isAcceptedByItsWorkloadsUntilItEnds() throws Exception {
    CertificateAuthority authority = open();
    KeyPair keys = keys("EC", 256);
    Identity identity =
        new Identity(
            authority.issue(
                SigningRequest.parse(csr(keys, keys, "SHA256withECDSA")),
                new WorkloadIdentity("shop", "orders"),
                Attestation.SERVICE_ALONE,
                Duration.ZERO),
            keys.getPrivate(),
            new TrustBundle(
                authority.roots(), Pem.publicKeys(authority.bundle().trailKey()), Set.of()));
    Workload orders = new Workload("orders", "shop", "orders-1", Map.of());
    TrailTokens tokens = new TrailTokens(0);
    String token = authority.trailToken(Duration.ofMinutes(10));

    Instant end = clock.instant().plus(Duration.ofMinutes(10));
    assertThat(tokens.trail(token, orders, identity, end.minusSeconds(1), 0)).isNotNull();
    assertThat(tokens.trail(token, orders, identity, end, 0)).isNull();
    assertThatThrownBy(() -> authority.trailToken(Duration.ofMinutes(61)))
        .hasMessage("ttl: PT1H1M (expected: more than 0, at most PT1H)");
  }

  @Test
  void issue_anyRequest_namesTheProvenIdentityAndNothingElse() throws Exception {
    CertificateAuthority authority = open();

    List<X509Certificate> chain =
        authority.issue(
            request(),
            new WorkloadIdentity("shop", "orders"),
            Attestation.SERVICE_ALONE,
            Duration.ZERO);

    assertThat(chain.get(0).getSubjectAlternativeNames())
        .containsExactly(List.of(6, "spiffe://endomesh.local/ns/shop/sa/orders"));
    assertThat(chain.get(0).getSubjectX500Principal().getName()).doesNotContain("admin");
    assertThat(chain.get(0).getBasicConstraints()).isEqualTo(-1);
    assertThat(chain.get(0).getExtendedKeyUsage())
        .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(chain.get(1).getBasicConstraints()).as("no authority below it").isZero();
    assertThat(chain.subList(2, chain.size())).containsExactly(authority.rootCertificate());
  }

  @Test
  void issue_chain_isValidByPkixUntilItsEnd() throws Exception {
    CertificateAuthority authority = open();
    List<X509Certificate> chain =
        authority.issue(
            request(),
            new WorkloadIdentity("shop", "orders"),
            Attestation.SERVICE_ALONE,
            Duration.ZERO);
    X509Certificate leaf = chain.get(0);

    validate(authority, chain, clock.instant());

    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(clock.instant().plus(DAY));
    assertThatThrownBy(() -> validate(authority, chain, clock.instant().plus(DAY).plusSeconds(1)))
        .hasRootCauseInstanceOf(CertificateExpiredException.class);
  }

  @Test
  void issue_clockThatJumpsADay_isGoodFromAMinuteBeforeItOn_andOthersStayGood() throws Exception {
    CertificateAuthority authority = open();
    for (long hours : new long[] {25, -25}) {
      Instant before = clock.instant();
      List<X509Certificate> earlier = issue(authority);

      clock.advance(Duration.ofHours(hours));
      authority.tick(List.of());
      List<X509Certificate> chain = issue(authority);

      assertThat(chain.get(0).getNotBefore().toInstant())
          .isEqualTo(clock.instant().minus(Duration.ofMinutes(1)));
      validate(authority, chain, clock.instant().minusSeconds(50));
      validate(authority, chain, clock.instant().plus(DAY).minusSeconds(1));
      validate(authority, earlier, before);
      assertThat(authority.doubt(earlier.toArray(X509Certificate[]::new)))
          .as("on connections that are open")
          .isNull();
    }
  }

  private List<X509Certificate> issue(CertificateAuthority authority) throws Exception {
    return authority.issue(
        request(),
        new WorkloadIdentity("shop", "orders"),
        Attestation.SERVICE_ALONE,
        Duration.ZERO);
  }

  @Test
  void issue_attestation_isReadBackAndIsNotCritical() throws Exception {
    Attestation attestation =
        new Attestation(
            Attestation.Covers.NAMESPACE, Map.of("version", "v1", "example.com/tier", "gold"));

    X509Certificate leaf =
        open()
            .issue(request(), new WorkloadIdentity("shop", "orders"), attestation, Duration.ZERO)
            .get(0);

    assertThat(Attestation.of(leaf)).isEqualTo(attestation);
    assertThat(leaf.getCriticalExtensionOIDs()).doesNotContain(Attestation.EXTENSION.getId());
  }

  @Test
  void attestation_ofACertificateWithout_isTheServiceAlone() throws Exception {
    assertThat(Attestation.of(open().rootCertificate())).isEqualTo(Attestation.SERVICE_ALONE);
  }

  private static void validate(
      CertificateAuthority authority, List<X509Certificate> chain, Instant at) throws Exception {
    PKIXParameters parameters =
        new PKIXParameters(Set.of(new TrustAnchor(authority.rootCertificate(), null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(chain.subList(0, 2)),
            parameters);
  }

  @Test
  void issue_requestedTime_shortensButNeverProlongs() throws Exception {
    CertificateAuthority authority = open();
    WorkloadIdentity orders = new WorkloadIdentity("shop", "orders");

    X509Certificate shorter =
        authority
            .issue(request(), orders, Attestation.SERVICE_ALONE, Duration.ofSeconds(10))
            .get(0);
    X509Certificate longer =
        authority.issue(request(), orders, Attestation.SERVICE_ALONE, Duration.ofDays(90)).get(0);

    assertThat(shorter.getNotAfter().toInstant()).isEqualTo(clock.instant().plusSeconds(10));
    assertThat(longer.getNotAfter().toInstant()).isEqualTo(clock.instant().plus(DAY));
  }

  @Test
  void open_again_keepsTheRoot_inAFileForItsOwnerOnly() throws Exception {
    String fingerprint = open().fingerprint();

    assertThat(open().fingerprint()).isEqualTo(fingerprint).matches("sha256:[0-9a-f]{64}");
    assertThat(Files.getPosixFilePermissions(directory.resolve("root.pem")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void open_spoiltRoot_saysWhatToDo_andMakesNoNewOne() throws Exception {
    open();
    Path file = directory.resolve("root.pem");
    Files.writeString(file, "half a fi");

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("root.pem")
        .hasMessageContaining("Restore the file from a backup");
    assertThat(Files.readString(file)).isEqualTo("half a fi");
  }

  @Test
  void open_again_keepsTheIntermediate_untilHalfOfItsLife() throws Exception {
    X509Certificate first = intermediate(open());
    assertThat(intermediate(open())).isEqualTo(first);

    clock.advance(Duration.ofDays(184));
    CertificateAuthority older = open();

    assertThat(intermediate(older)).isNotEqualTo(first);
    assertThat(older.rootCertificate()).isEqualTo(open().rootCertificate());
  }

  @Test
  void tick_atHalfOfItsLife_makesTheIntermediateAnew() throws Exception {
    CertificateAuthority authority = open();
    X509Certificate first = intermediate(authority);
    authority.tick(List.of());
    assertThat(intermediate(authority)).isEqualTo(first);

    clock.advance(Duration.ofDays(184));
    authority.tick(List.of());

    assertThat(intermediate(authority)).isNotEqualTo(first);
    assertThat(intermediate(open())).isEqualTo(intermediate(authority));
  }

  @Test
  void open_issuerOfAnotherRoot_isMadeAnew() throws Exception {
    X509Certificate first = intermediate(open());
    Files.delete(directory.resolve("root.pem"));

    CertificateAuthority other = open();

    assertThat(intermediate(other)).isNotEqualTo(first);
    intermediate(other).verify(other.rootCertificate().getPublicKey());
  }

  private static X509Certificate intermediate(CertificateAuthority authority) {
    return authority.serverCertificate(List.of("localhost"), DAY).chain().get(1);
  }

  @Test
  void open_rootOfAnEarlierVersion_signsItself() throws Exception {
    Files.copy(Odd.rootOfPathLengthZero(directory, clock.instant()), directory.resolve("root.pem"));

    CertificateAuthority authority = open();

    List<X509Certificate> chain =
        authority.issue(
            request(),
            new WorkloadIdentity("shop", "orders"),
            Attestation.SERVICE_ALONE,
            Duration.ZERO);
    assertThat(chain).hasSize(2).endsWith(authority.rootCertificate());
    chain.get(0).verify(authority.rootCertificate().getPublicKey());
  }

  @Test
  void serverCertificate_addresses_areNamesOfTheirKind() throws Exception {
    X509Certificate leaf =
        open().serverCertificate(List.of("mesh.example", "127.0.0.1"), DAY).chain().get(0);

    assertThat(leaf.getSubjectAlternativeNames())
        .containsExactlyInAnyOrder(
            List.of(2, "mesh.example"),
            List.of(7, "127.0.0.1"),
            List.of(6, "spiffe://endomesh.local/ns/endomesh-system/sa/controller"));
  }

  @Test
  void parse_badRequest_saysWhy() throws Exception {
    KeyPair keys = keys("EC", 256);
    KeyPair weak = keys("RSA", 1024);

    assertThatThrownBy(() -> SigningRequest.parse("hello"))
        .isInstanceOf(InvalidCsrException.class)
        .hasMessageContaining("no request found");
    assertThatThrownBy(() -> SigningRequest.parse("x".repeat(20_000)))
        .isInstanceOf(InvalidCsrException.class)
        .hasMessageContaining("20000 characters");
    assertThatThrownBy(() -> SigningRequest.parse(csr(keys, keys("EC", 256), "SHA256withECDSA")))
        .isInstanceOf(InvalidCsrException.class)
        .hasMessageContaining("signature does not fit");
    assertThatThrownBy(() -> SigningRequest.parse(csr(weak, weak, "SHA256withRSA")))
        .isInstanceOf(InvalidCsrException.class)
        .hasMessageContaining("RSA key of 1024 bits (expected: 2048 to 4096)");
  }

  @Test
  void parse_keyOfEdwardsCurves_takesEd25519Alone() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    KeyPair other = KeyPairGenerator.getInstance("Ed448").generateKeyPair();
    CertificateAuthority authority = open();

    List<X509Certificate> chain =
        authority.issue(
            SigningRequest.parse(csr(keys, keys, "Ed25519")),
            new WorkloadIdentity("shop", "orders"),
            Attestation.SERVICE_ALONE,
            Duration.ZERO);

    assertThat(chain.get(0).getPublicKey()).isEqualTo(keys.getPublic());
    validate(authority, chain, clock.instant());
    assertThatThrownBy(() -> SigningRequest.parse(csr(other, other, "Ed448")))
        .isInstanceOf(InvalidCsrException.class)
        .hasMessageEndingWith(" (expected: EC, RSA or Ed25519)");
  }
}
