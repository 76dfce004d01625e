package io.endomesh.controller.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.FakeClock;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BroughtTest {

  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration YEAR = Duration.ofDays(365);
  private static final int SIGNS = KeyUsage.keyCertSign | KeyUsage.cRLSign;

  private final FakeClock clock = new FakeClock();
  @TempDir Path directory;
  private Odd.Pair root;
  private Odd.Pair issuing;

  @BeforeEach
  void make() throws Exception {
    root = authority("company root", Odd.keys("RSA", 2048), null, new BasicConstraints(2));
    issuing = authority("mesh", Odd.keys("EC", 384), root, new BasicConstraints(0));
  }

  private Odd.Pair authority(String name, KeyPair keys, Odd.Pair by, BasicConstraints constraints)
      throws Exception {
    return Odd.authority(name, keys, by, constraints, SIGNS, clock.instant(), YEAR);
  }

  private CertificateAuthority open(Object certificates, Object key, Object chain)
      throws Exception {
    return open(
        new AuthoritySource.PemFiles(
            Odd.pem(directory.resolve("int.pem"), parts(certificates)),
            Odd.pem(directory.resolve("int.key"), parts(key)),
            chain == null ? null : Odd.pem(directory.resolve("chain.pem"), parts(chain))));
  }

  private static Object[] parts(Object of) {
    return of instanceof List<?> all ? all.toArray() : new Object[] {of};
  }

  private CertificateAuthority open(AuthoritySource source) throws Exception {
    return CertificateAuthority.open(
        directory, source, Odd.revocations(clock), "company.example", DAY, clock);
  }

  private static List<X509Certificate> chain(CertificateAuthority authority) {
    return authority.serverCertificate(List.of("localhost"), DAY).chain();
  }

  @Test
  void pem_intermediateBelowARootOfRsa_signsAndMakesNoRootHere() throws Exception {
    CertificateAuthority authority =
        open(issuing.certificate(), issuing.keys(), root.certificate());

    List<X509Certificate> chain = chain(authority);

    assertThat(chain.subList(1, 3)).containsExactly(issuing.certificate(), root.certificate());
    chain.get(0).verify(issuing.certificate().getPublicKey());
    assertThat(chain.get(0).getSigAlgName()).isEqualTo("SHA384withECDSA");
    assertThat(authority.fingerprint())
        .isEqualTo(CertificateAuthority.fingerprint(root.certificate()));
    assertThat(directory.resolve("root.pem")).doesNotExist();
  }

  @Test
  void pem_otherRoots_holdAsWell() throws Exception {
    Odd.Pair next = authority("next root", Odd.keys("EC", 256), null, new BasicConstraints(2));

    CertificateAuthority authority =
        open(
            List.of(issuing.certificate(), root.certificate()), issuing.keys(), next.certificate());

    assertThat(authority.roots()).containsExactly(root.certificate(), next.certificate());
    assertThat(authority.rootCertificate()).isEqualTo(root.certificate());
  }

  @Test
  void pkcs12_keyWithItsChain_signs() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "mesh",
        issuing.keys().getPrivate(),
        "secret".toCharArray(),
        new Certificate[] {issuing.certificate(), root.certificate()});
    Path file = directory.resolve("ca.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, "secret".toCharArray());
    }
    Path password = Files.writeString(directory.resolve("password"), "secret\n");

    CertificateAuthority authority = open(new AuthoritySource.KeyStoreFile(file, password));

    assertThat(chain(authority).subList(1, 3))
        .containsExactly(issuing.certificate(), root.certificate());
    Files.writeString(password, "another");
    assertThatThrownBy(() -> open(new AuthoritySource.KeyStoreFile(file, password)))
        .hasMessageStartingWith("ca-keystore: " + file + ": cannot be read: ")
        .hasMessageEndingWith(" (expected: a PKCS #12 file, and its password in " + password + ")");
  }

  @Test
  void pem_thatCannotSign_saysWhatIsExpected() throws Exception {
    Odd.Pair leaf = authority("leaf", Odd.keys("EC", 256), root, new BasicConstraints(false));
    refused(leaf, "CN=leaf: CA:FALSE (expected: an authority's, CA:TRUE)");
    Odd.Pair weak = authority("weak", Odd.keys("RSA", 1024), root, new BasicConstraints(0));
    refused(weak, "RSA key of 1024 bits (expected: 2048 or more)");
    Odd.Pair mute =
        Odd.authority(
            "mute",
            Odd.keys("EC", 256),
            root,
            new BasicConstraints(0),
            KeyUsage.digitalSignature,
            clock.instant(),
            YEAR);
    refused(mute, "CN=mute: key usage without keyCertSign (expected: keyCertSign)");
    Odd.Pair ending =
        Odd.authority(
            "ending",
            Odd.keys("EC", 256),
            root,
            new BasicConstraints(0),
            SIGNS,
            clock.instant(),
            Duration.ofHours(23));
    refused(ending, "CN=ending: ends at ");
    Odd.Pair later =
        Odd.authority(
            "later",
            Odd.keys("EC", 256),
            root,
            new BasicConstraints(0),
            SIGNS,
            clock.instant().plus(DAY),
            YEAR);
    refused(later, "CN=later: not valid before ");
    Odd.Pair below = authority("below", Odd.keys("EC", 256), issuing, new BasicConstraints(0));
    assertThatThrownBy(
            () ->
                open(
                    below.certificate(),
                    below.keys(),
                    List.of(issuing.certificate(), root.certificate())))
        .hasMessageContaining("CN=mesh: path length 0 (expected: at least 1, as many authorities");
  }

  private void refused(Odd.Pair issuer, String message) {
    assertThatThrownBy(() -> open(issuer.certificate(), issuer.keys(), root.certificate()))
        .hasMessageStartingWith("ca-cert: " + directory.resolve("int.pem") + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void pem_ofWhichAPartIsMissing_saysWhich() throws Exception {
    assertThatThrownBy(() -> open(issuing.certificate(), issuing.keys(), null))
        .hasMessageEndingWith(
            "the certificate of CN=company root is missing (expected: all up to the root, here or"
                + " in --ca-chain)");
    assertThatThrownBy(() -> open(issuing.certificate(), Odd.keys("EC", 384), root.certificate()))
        .hasMessageContaining("its key is another than the one that was brought");
    assertThatThrownBy(() -> open(issuing.certificate(), Odd.keys("RSA", 2048), root.certificate()))
        .hasMessageContaining("its key is another than the one that was brought");
    assertThatThrownBy(() -> open(issuing.keys(), issuing.keys(), null))
        .hasMessageEndingWith(": no certificate in it (expected: a certificate in PEM)");
    assertThatThrownBy(() -> open(issuing.certificate(), root.certificate(), null))
        .hasMessageEndingWith("int.key: 0 private keys (expected: one private key in PEM)");
    Path absent = directory.resolve("absent");
    assertThatThrownBy(() -> open(new AuthoritySource.PemFiles(absent, absent, null)))
        .hasMessage("ca-cert: " + absent + ": no such file (expected: a PEM file)");
  }
}
