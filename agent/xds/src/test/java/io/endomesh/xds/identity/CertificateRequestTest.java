package io.endomesh.xds.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.xds.TestAuthority;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.junit.jupiter.api.Test;

class CertificateRequestTest {

  private static final String ID = "spiffe://endomesh.local/ns/shop/sa/orders";

  private final TestAuthority authority = new TestAuthority();

  @Test
  void create_readByBouncyCastle_isSignedAndNamesTheService() throws Exception {
    JcaPKCS10CertificationRequest read = TestAuthority.read(CertificateRequest.create(ID).pem());
    GeneralNames names =
        GeneralNames.fromExtensions(
            read.getRequestedExtensions(), Extension.subjectAlternativeName);
    assertThat(names.getNames())
        .containsExactly(new GeneralName(GeneralName.uniformResourceIdentifier, ID));
    assertThat(read.getSubject().getRDNs()).isEmpty();
  }

  @Test
  void create_longName_encodesLongLengths() throws Exception {
    String id = ID + "x".repeat(300);
    assertThat(
            TestAuthority.read(CertificateRequest.create(id).pem()).getPublicKey().getAlgorithm())
        .startsWith("EC");
  }

  @Test
  void toString_neverShowsTheKey() throws Exception {
    CertificateRequest request = CertificateRequest.create(ID);
    assertThat(request.toString()).doesNotContain("PRIVATE");
  }

  @Test
  void issued_fits_makesAnIdentity() throws Exception {
    CertificateRequest request = CertificateRequest.create(ID);
    X509Certificate leaf =
        authority.workload(TestAuthority.read(request.pem()).getPublicKey(), "shop", "orders");
    Credentials credentials =
        Credentials.issued(
            request.key(),
            List.of(TestAuthority.pem(leaf), TestAuthority.pem(authority.root())),
            authority.fingerprint());
    assertThat(credentials.identity().spiffeId()).isEqualTo(ID);
    assertThat(Credentials.fromPem(credentials.toPem())).isEqualTo(credentials);
    assertThat(credentials.toString()).doesNotContain("PRIVATE");
  }

  @Test
  void issued_forAnotherKey_isRefused() throws Exception {
    CertificateRequest request = CertificateRequest.create(ID);
    X509Certificate foreign =
        authority.workload(TestAuthority.newKey().getPublic(), "shop", "orders");
    assertThatThrownBy(
            () ->
                Credentials.issued(
                    request.key(),
                    List.of(TestAuthority.pem(foreign), TestAuthority.pem(authority.root())),
                    authority.fingerprint()))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessage("the certificate is not for our key");
  }

  @Test
  void issued_byAnotherRoot_isRefused() throws Exception {
    CertificateRequest request = CertificateRequest.create(ID);
    X509Certificate leaf =
        authority.workload(TestAuthority.read(request.pem()).getPublicKey(), "shop", "orders");
    assertThatThrownBy(
            () ->
                Credentials.issued(
                    request.key(),
                    List.of(TestAuthority.pem(leaf), TestAuthority.pem(authority.root())),
                    "sha256:00"))
        .hasMessageContaining("(expected: sha256:00)");
  }

  @Test
  void checkServerTrusted_controller_passesAndOthersDoNot() throws Exception {
    ControllerTrust trust = new ControllerTrust(authority.fingerprint());
    var key = TestAuthority.newKey().getPublic();
    trust.checkServerTrusted(
        new X509Certificate[] {authority.server(key), authority.root()}, "ECDHE_ECDSA");

    X509Certificate[] workload = {authority.workload(key, "shop", "orders"), authority.root()};
    assertThatThrownBy(() -> trust.checkServerTrusted(workload, "ECDHE_ECDSA"))
        .hasMessageContaining("answered by the workload " + ID);

    TestAuthority other = new TestAuthority();
    X509Certificate[] foreign = {other.server(key), other.root()};
    assertThatThrownBy(() -> trust.checkServerTrusted(foreign, "ECDHE_ECDSA"))
        .hasMessageContaining("the controller's root certificate is " + other.fingerprint());

    X509Certificate[] pretended = {other.server(key), authority.root()};
    assertThatThrownBy(() -> trust.checkServerTrusted(pretended, "ECDHE_ECDSA"))
        .isInstanceOf(java.security.cert.CertificateException.class);
  }
}
