package io.endomesh.controller.ca;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.FakeClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutsideRootsTest {

  private static final Duration DAY = Duration.ofHours(24);

  private final FakeClock clock = new FakeClock();
  @TempDir Path directory;
  private Odd.Pair spire;
  private CertificateAuthority authority;

  @BeforeEach
  void open() throws Exception {
    KeyPair keys = Odd.keys("EC", 256);
    spire =
        Odd.authority(
            "spire",
            keys,
            null,
            new BasicConstraints(true),
            KeyUsage.keyCertSign,
            clock.instant(),
            DAY);
    Path bundle = directory.resolve("spire.pem");
    Files.writeString(bundle, PemFile.text(spire.certificate()));
    authority =
        CertificateAuthority.open(
            directory,
            new AuthoritySource.SelfMade(),
            bundle,
            Odd.revocations(clock),
            "endomesh.local",
            DAY,
            clock);
  }

  private X509Certificate svid(String id, Duration life) throws Exception {
    return Signing.certificate(
        Signing.builder(
                spire.certificate().getSubjectX500Principal(),
                new X500Principal("CN=svid"),
                Odd.keys("EC", 256).getPublic(),
                clock.instant(),
                clock.instant().plus(life))
            .addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, id))),
        spire.keys().getPrivate());
  }

  @Test
  void doubt_certificatesOfOursInAnothersChain_makeItNoneOfOurs() throws Exception {
    X509Certificate controller =
        svid("spiffe://endomesh.local/ns/endomesh-system/sa/controller", DAY);
    for (X509Certificate[] chain :
        List.of(
            new X509Certificate[] {controller},
            new X509Certificate[] {controller, authority.issuerCertificate()},
            new X509Certificate[] {
              controller, authority.issuerCertificate(), spire.certificate()
            })) {
      assertThat(authority.doubt(chain)).contains("endomesh-system");
      assertThat(authority.isOfOthers(chain)).isTrue();
    }
  }

  @Test
  void doubt_svidThatEnds_isBelievedUntilThenAndNoLonger() throws Exception {
    X509Certificate[] chain = {
      svid("spiffe://endomesh.local/ns/shop/sa/orders", Duration.ofMinutes(30))
    };
    assertThat(authority.doubt(chain)).isNull();
    Object before = authority.state();
    clock.advance(Duration.ofMinutes(31));
    authority.tick(List.of());
    assertThat(authority.state()).as("it is asked again").isNotSameAs(before);
    assertThat(authority.doubt(chain)).contains("ended");
  }

  @Test
  void rotation_ofOurRoot_doesNotWaitForWhoIsCertifiedByOthers() throws Exception {
    String spireRoot = CertificateAuthority.fingerprint(spire.certificate());
    authority.rotate(true);
    Rotation.Witness orders =
        new Rotation.Witness(
            "orders-1",
            spireRoot,
            authority.believed().stream().map(CertificateAuthority::fingerprint).toList());
    clock.advance(Duration.ofSeconds(6));
    authority.tick(List.of(orders));
    assertThat(authority.rotation().phase()).isEqualTo(Rotation.Phase.SIGN);
    assertThat(authority.waitingFor(List.of(orders))).isEmpty();
    assertThat(authority.renewal(spireRoot)).isNull();
    clock.advance(Duration.ofSeconds(6));
    authority.tick(List.of(orders));
    assertThat(authority.rotation()).isNull();
  }
}
