package io.endomesh.dataplane.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.identity.PeerName.Kind;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS that is begun with servers outside the mesh. */
class OriginatedTlsTest {

  private final TestAuthority authority = new TestAuthority();

  @ParameterizedTest
  @CsvSource({
    "api.partner.example, api.partner.example, true",
    "API.partner.example, api.Partner.example, true",
    "*.partner.example, api.partner.example, true",
    "*.partner.example, eu.api.partner.example, false",
    "*.partner.example, partner.example, false",
    "a*.partner.example, api.partner.example, false",
    "*.example, partner.example, false",
    "*, partner, false",
    "partner.example, api.partner.example, false",
    "other.example, api.partner.example, false",
  })
  void name_isProvedByTheNameAndItsWildcard(String proved, String expected, boolean is) {
    assertThat(new PeerName(Kind.DNS, expected).isProvedBy(2, proved)).isEqualTo(is);
  }

  @Test
  void name_ofAnotherKind_provesNothing() {
    assertThat(new PeerName(Kind.DNS, "10.0.0.1").isProvedBy(7, "10.0.0.1")).isFalse();
    assertThat(new PeerName(Kind.IP, "10.0.0.1").isProvedBy(7, "10.0.0.1")).isTrue();
    assertThat(new PeerName(Kind.URI, "spiffe://a/B").isProvedBy(6, "spiffe://a/B")).isTrue();
    assertThat(new PeerName(Kind.URI, "spiffe://a/B").isProvedBy(6, "spiffe://a/b")).isFalse();
  }

  @Test
  void trust_chainAndName_areBothNeeded() throws Exception {
    HostTrust trust = trust(authority, "api.partner.example");
    trust.checkServerTrusted(
        chain(authority, "other.example", "api.partner.example"), "ECDHE_ECDSA");

    assertThatThrownBy(
            () -> trust.checkServerTrusted(chain(authority, "other.example"), "ECDHE_ECDSA"))
        .isInstanceOf(CertificateException.class)
        .hasMessage("server proves [other.example] (expected: [api.partner.example])");
    assertThatThrownBy(() -> trust.checkServerTrusted(chain(authority), "ECDHE_ECDSA"))
        .hasMessage("server proves [] (expected: [api.partner.example])");
    assertThatThrownBy(
            () ->
                trust.checkServerTrusted(
                    chain(new TestAuthority(), "api.partner.example"), "ECDHE_ECDSA"))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void trust_withoutNames_cannotBeMade() {
    assertThatThrownBy(() -> new OriginatedTls(List.of(), null, List.of(), false))
        .hasMessage("names: none (expected: at least one)");
  }

  @Test
  void context_engineToAnAddress_asksForTheServerByNameWhateverIsSetAfterwards() throws Exception {
    ClientTls tls = partner(/* ownCertificate= */ false).with(null);
    SSLEngine engine = tls.context().createSSLEngine("192.0.2.1", 443);
    // What java.net.http and Netty do.
    SSLParameters parameters = new SSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    assertThat(engine.getSSLParameters().getServerNames())
        .containsExactly(new SNIHostName("api.partner.example"));
  }

  @Test
  void context_socketToAnAddress_asksForTheServerByName() throws Exception {
    ClientTls tls = partner(/* ownCertificate= */ false).with(null);
    try (SSLSocket socket = (SSLSocket) tls.context().getSocketFactory().createSocket()) {
      assertThat(socket.getSSLParameters().getServerNames())
          .containsExactly(new SNIHostName("api.partner.example"));
    }
  }

  @Test
  void with_ownCertificate_isMadeOnceACertificate_andNotWithoutOne() throws Exception {
    OriginatedTls tls = partner(/* ownCertificate= */ true);
    Identity ours = authority.identity("spiffe://test/ns/shop/sa/orders");

    assertThat(tls.with(null)).isNull();
    assertThat(tls.with(ours)).isNotNull();
    // A cluster that is sent again is equal, and keeps the connections that pools have.
    assertThat(partner(true).with(ours)).isSameAs(tls.with(ours));
    assertThat(tls.with(authority.identity("spiffe://test/ns/shop/sa/orders")))
        .isNotSameAs(tls.with(ours));
  }

  @Test
  void trust_withLists_refusesWhoIsOnOne_andWhoseIssuerHasNoneInForce() throws Exception {
    X509Certificate[] chain = chain(authority, "api.partner.example");
    Instant soon = Instant.now().plusSeconds(600);
    checked(authority.revocations(soon)).checkServerTrusted(chain, "ECDHE_ECDSA");

    assertThatThrownBy(
            () ->
                checked(authority.revocations(soon, chain[0]))
                    .checkServerTrusted(chain, "ECDHE_ECDSA"))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining("revoked");
    assertThatThrownBy(
            () ->
                checked(authority.revocations(Instant.now().minusSeconds(3_600)))
                    .checkServerTrusted(chain, "ECDHE_ECDSA"))
        .isInstanceOf(CertificateException.class);
    assertThatThrownBy(
            () ->
                checked(new TestAuthority("CN=other").revocations(soon))
                    .checkServerTrusted(chain, "ECDHE_ECDSA"))
        .isInstanceOf(CertificateException.class);
  }

  private HostTrust checked(X509CRL list) throws Exception {
    return new HostTrust(
        Roots.unlessRevoked(Roots.trust(List.of(authority.root())), List.of(list)),
        List.of(new PeerName(Kind.DNS, "api.partner.example")));
  }

  private OriginatedTls partner(boolean ownCertificate) throws GeneralSecurityException {
    return new OriginatedTls(
        List.of(authority.root()),
        "api.partner.example",
        List.of(new PeerName(Kind.DNS, "api.partner.example")),
        ownCertificate);
  }

  private static HostTrust trust(TestAuthority authority, String name) throws Exception {
    return new HostTrust(
        Roots.trust(List.of(authority.root())), List.of(new PeerName(Kind.DNS, name)));
  }

  private static X509Certificate[] chain(TestAuthority authority, String... names) {
    return new X509Certificate[] {authority.serverCertificate(TestAuthority.newKey(), names)};
  }
}
