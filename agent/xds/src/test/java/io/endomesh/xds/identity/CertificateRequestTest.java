package io.endomesh.xds.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.xds.TestAuthority;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
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
    JcaPKCS10CertificationRequest read =
        TestAuthority.read(CertificateRequest.create(ID, KeyKind.EC).pem());
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
            TestAuthority.read(CertificateRequest.create(id, KeyKind.EC).pem())
                .getPublicKey()
                .getAlgorithm())
        .startsWith("EC");
  }

  @Test
  void toString_neverShowsTheKey() throws Exception {
    CertificateRequest request = CertificateRequest.create(ID, KeyKind.EC);
    assertThat(request.toString()).doesNotContain("PRIVATE");
  }

  @Test
  void issued_fits_makesAnIdentity() throws Exception {
    CertificateRequest request = CertificateRequest.create(ID, KeyKind.EC);
    X509Certificate leaf =
        authority.workload(TestAuthority.read(request.pem()).getPublicKey(), "shop", "orders");
    Credentials credentials =
        Credentials.issued(
            request.key(),
            List.of(TestAuthority.pem(leaf), TestAuthority.pem(authority.root())),
            authority.fingerprint(),
            List.of());
    assertThat(credentials.identity().spiffeId()).isEqualTo(ID);
    assertThat(Credentials.fromPem(credentials.toPem())).isEqualTo(credentials);
    assertThat(credentials.toString()).doesNotContain("PRIVATE");
  }

  @Test
  void issued_forAnEd25519Key_makesAnIdentityThatIsReadBack() throws Exception {
    CertificateRequest request = CertificateRequest.create(ID, KeyKind.ED25519);
    PublicKey key = TestAuthority.read(request.pem()).getPublicKey();
    Credentials credentials =
        Credentials.issued(
            request.key(),
            List.of(
                TestAuthority.pem(authority.workload(key, "shop", "orders")),
                TestAuthority.pem(authority.root())),
            authority.fingerprint(),
            List.of());

    assertThat(key.getAlgorithm()).isEqualTo("EdDSA");
    assertThat(credentials.identity().spiffeId()).isEqualTo(ID);
    assertThat(Credentials.fromPem(credentials.toPem())).isEqualTo(credentials);
    KeyPair another = KeyKind.ED25519.make();
    assertThatThrownBy(
            () ->
                Credentials.issued(
                    another.getPrivate(),
                    List.of(
                        TestAuthority.pem(authority.workload(key, "shop", "orders")),
                        TestAuthority.pem(authority.root())),
                    authority.fingerprint(),
                    List.of()))
        .hasMessage("the certificate is not for our key");
  }

  @Test
  void issued_forAnotherKey_isRefused() throws Exception {
    CertificateRequest request = CertificateRequest.create(ID, KeyKind.EC);
    X509Certificate foreign =
        authority.workload(TestAuthority.newKey().getPublic(), "shop", "orders");
    assertThatThrownBy(
            () ->
                Credentials.issued(
                    request.key(),
                    List.of(TestAuthority.pem(foreign), TestAuthority.pem(authority.root())),
                    authority.fingerprint(),
                    List.of()))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessage("the certificate is not for our key");
  }

  @Test
  void issued_byAnotherRoot_isRefused() throws Exception {
    CertificateRequest request = CertificateRequest.create(ID, KeyKind.EC);
    X509Certificate leaf =
        authority.workload(TestAuthority.read(request.pem()).getPublicKey(), "shop", "orders");
    assertThatThrownBy(
            () ->
                Credentials.issued(
                    request.key(),
                    List.of(TestAuthority.pem(leaf), TestAuthority.pem(authority.root())),
                    "sha256:00",
                    List.of()))
        .hasMessageContaining("(expected: sha256:00)");
  }

  @Test
  void checkServerTrusted_controller_passesAndOthersDoNot() throws Exception {
    ControllerTrust trust = new ControllerTrust(authority.fingerprint(), List.of());
    var key = TestAuthority.newKey().getPublic();
    trust.checkServerTrusted(
        new X509Certificate[] {authority.server(key), authority.root()}, "ECDHE_ECDSA");

    X509Certificate[] workload = {authority.workload(key, "shop", "orders"), authority.root()};
    assertThatThrownBy(() -> trust.checkServerTrusted(workload, "ECDHE_ECDSA"))
        .hasMessageContaining("answered by the workload " + ID);

    X509Certificate[] namedAlike = {
      authority.workload(key, "shop", "x/ns/endomesh-system/sa/controller"), authority.root()
    };
    assertThatThrownBy(() -> trust.checkServerTrusted(namedAlike, "ECDHE_ECDSA"))
        .hasMessageContaining("answered by the workload ");

    // Of a root that was brought, which vouches for a company's servers, too.
    X509Certificate[] otherServer = {authority.otherServer(key), authority.root()};
    assertThatThrownBy(() -> trust.checkServerTrusted(otherServer, "ECDHE_ECDSA"))
        .hasMessageContaining("answered by somebody who proves to be nobody of a mesh");

    TestAuthority other = new TestAuthority();
    X509Certificate[] foreign = {other.server(key), other.root()};
    assertThatThrownBy(() -> trust.checkServerTrusted(foreign, "ECDHE_ECDSA"))
        .hasMessageContaining("the controller's root certificate is " + other.fingerprint());

    X509Certificate[] pretended = {other.server(key), authority.root()};
    assertThatThrownBy(() -> trust.checkServerTrusted(pretended, "ECDHE_ECDSA"))
        .isInstanceOf(java.security.cert.CertificateException.class);
  }

  @Test
  void checkServerTrusted_rootThatFollowed_passesByTheMeshsWordOrByTheOneBefore() throws Exception {
    TestAuthority next = new TestAuthority("next root");
    X509Certificate server = next.server(TestAuthority.newKey().getPublic());
    X509Certificate[] alone = {server, next.root()};
    X509Certificate[] vouched = {
      server, next.root(), authority.vouch(next.root()), authority.root()
    };
    String pin = authority.fingerprint();

    new ControllerTrust(pin, List.of(next.root())).checkServerTrusted(alone, "ECDHE_ECDSA");
    new ControllerTrust(pin, List.of()).checkServerTrusted(vouched, "ECDHE_ECDSA");
    new ControllerTrust(next.fingerprint(), List.of()).checkServerTrusted(vouched, "ECDHE_ECDSA");

    assertThatThrownBy(
            () -> new ControllerTrust(pin, List.of()).checkServerTrusted(alone, "ECDHE_ECDSA"))
        .hasMessageContaining("(expected: " + pin + " from the join string");
    assertThatThrownBy(
            () ->
                new ControllerTrust(pin, List.of())
                    .checkServerTrusted(
                        new X509Certificate[] {server, next.root(), authority.root()},
                        "ECDHE_ECDSA"))
        .as("the pinned root is there, and vouches for nothing")
        .isInstanceOf(java.security.cert.CertificateException.class);
  }

  @Test
  void issued_belowARootThatFollowed_isTakenAndVouchedForByBoth() throws Exception {
    TestAuthority next = new TestAuthority("next root");
    CertificateRequest request = CertificateRequest.create(ID, KeyKind.EC);
    List<String> answer =
        List.of(
            TestAuthority.pem(
                next.workload(TestAuthority.read(request.pem()).getPublicKey(), "shop", "orders")),
            TestAuthority.pem(next.root()),
            TestAuthority.pem(authority.vouch(next.root())),
            TestAuthority.pem(authority.root()));

    Credentials credentials =
        Credentials.issued(request.key(), answer, authority.fingerprint(), List.of());

    assertThat(credentials.chain()).hasSize(2);
    assertThat(credentials.isVouchedForBy(List.of(authority.root()))).isTrue();
    assertThat(credentials.isVouchedForBy(List.of(next.root()))).isTrue();
    assertThat(credentials.isVouchedForBy(List.of(new TestAuthority("third").root()))).isFalse();
    assertThat(Credentials.fromPem(credentials.toPem())).isEqualTo(credentials);
    assertThat(credentials.identity().root()).isEqualTo(next.root());
  }
}
