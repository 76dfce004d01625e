package io.endomesh.xds.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.identity.PeerName;
import io.endomesh.dataplane.identity.TestAuthority;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS with servers outside the mesh, of files that a DestinationRule names. */
class ClientFilesTest {

  @TempDir Path directory;

  private final Instant now = Instant.now();
  private final TestAuthority partner = new TestAuthority("CN=partner");
  private final KeyPair key = TestAuthority.newKey();
  private final X509Certificate certificate = partner.certificate(key, "spiffe://partner/us");

  private Path certificateFile;
  private Path keyFile;
  private ClientFiles files;

  @BeforeEach
  void prepare() throws Exception {
    certificateFile = directory.resolve("client.pem");
    keyFile = directory.resolve("key.pem");
    write(certificateFile, certificate);
    write(keyFile, key.getPrivate());
    files = new ClientFiles(null, certificateFile.toString(), keyFile.toString(), null);
  }

  @Test
  void files_beforeTheyWereRead_makeNoTls() throws Exception {
    assertThat(tls().with(null)).isNull();
    assertThat(tls().problem()).isEqualTo("its files were not read yet");
  }

  @Test
  void pair_inSec1AndPkcs8_isUsed_andMadeOnceForWhatIsInIt() throws Exception {
    OriginatedTls tls = tls();
    files.refresh(now);
    ClientTls first = Objects.requireNonNull(tls.with(null));
    files.refresh(now);
    assertThat(tls.with(null)).isSameAs(first);

    // Another form of the same, which JCA calls PKCS #8.
    replaceKey(
        "-----BEGIN PRIVATE KEY-----\n"
            + java.util.Base64.getMimeEncoder().encodeToString(key.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
    files.refresh(now);
    assertThat(tls.problem()).isNull();
    assertThat(tls.with(null)).isNotNull().isNotSameAs(first);
  }

  @Test
  void pair_thatIsReplaced_isTakenUp_andDoesNotFitForAMomentOnly() throws Exception {
    OriginatedTls tls = tls();
    files.refresh(now);
    ClientTls first = tls.with(null);
    KeyPair next = TestAuthority.newKey();
    write(certificateFile, partner.certificate(next, "spiffe://partner/us"));
    files.refresh(now);
    assertThat(tls.with(null)).isSameAs(first);

    write(keyFile, next.getPrivate());
    files.refresh(now);
    assertThat(tls.with(null)).isNotNull().isNotSameAs(first);
  }

  @Test
  void pair_thatDoesNotFit_isUsedNoMore_andSaysSo() throws Exception {
    OriginatedTls tls = tls();
    files.refresh(now);
    write(keyFile, TestAuthority.newKey().getPrivate());
    files.refresh(now);
    files.refresh(now);
    assertThat(tls.with(null)).isNull();
    assertThat(tls.problem())
        .isEqualTo(
            "privateKey: '"
                + keyFile
                + "' is not the key of clientCertificate (expected: its own)");

    write(keyFile, key.getPrivate());
    files.refresh(now);
    assertThat(tls.with(null)).isNotNull();
  }

  @Test
  void certificate_thatEnded_isUsedNoMore() throws Exception {
    OriginatedTls tls = tls();
    files.refresh(now);
    assertThat(tls.problem()).isNull();
    files.refresh(now.plus(Duration.ofHours(2)));
    assertThat(tls.with(null)).isNull();
    assertThat(tls.problem()).contains("client.pem' ended at ");
  }

  @Test
  void file_thatIsNotThere_isToldAndTakenOnceItIs() throws Exception {
    Files.delete(certificateFile);
    files.refresh(now);
    assertThat(tls().problem())
        .isEqualTo("clientCertificate: '" + certificateFile + "' is not there (expected: a file)");
    write(certificateFile, certificate);
    files.refresh(now);
    assertThat(tls().problem()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw-----w-"})
  void key_thatIsOpenToEverybody_isNotRead(String permissions) throws Exception {
    Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString(permissions));
    files.refresh(now);
    assertThat(tls().problem()).contains("key.pem' is open to every user of this machine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----"})
  void key_thatIsNone_isToldWithoutAWordOfWhatIsInIt(String text) throws Exception {
    replaceKey(text);
    files.refresh(now);
    assertThat(tls().problem())
        .contains("key.pem' is no key of the kind that clientCertificate has")
        .doesNotContain("c2VjcmV0", "secret");
  }

  @Test
  void key_thatIsEncrypted_isToldSo() throws Exception {
    replaceKey("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----");
    files.refresh(now);
    assertThat(tls().problem()).contains("is encrypted (expected: a key without a password)");
  }

  @Test
  void roots_inAFile_areTheOnesThatAreTrusted() throws Exception {
    Path roots = directory.resolve("roots.pem");
    write(roots, partner.root());
    ClientFiles ofRoots = new ClientFiles(roots.toString(), null, null, null);
    ofRoots.refresh(now);
    assertThat(ofRoots.material().roots()).containsExactly(partner.root());

    Files.writeString(roots, "nothing");
    ofRoots.refresh(now);
    ofRoots.refresh(now);
    assertThat(ofRoots.material().problem())
        .isEqualTo("caCertificates: '" + roots + "' holds no certificate (expected: PEM)");
  }

  private OriginatedTls tls() throws Exception {
    return new OriginatedTls(
        List.of(partner.root()),
        null,
        List.of(new PeerName(PeerName.Kind.DNS, "api.partner.example")),
        /* ownCertificate= */ false,
        files);
  }

  private void replaceKey(String text) throws Exception {
    Files.writeString(keyFile, text);
    Files.setLastModifiedTime(
        keyFile, java.nio.file.attribute.FileTime.from(now.plusSeconds(text.length())));
  }

  /** A file of its own each time, as who replaces one at once does it. */
  private static void write(Path file, Object part) throws Exception {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(part);
    }
    Path fresh =
        Files.createTempFile(
            Objects.requireNonNull(file.getParent()),
            "fresh",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
    Files.writeString(fresh, text.toString());
    Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }
}
