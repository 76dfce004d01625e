package io.endomesh.controller.ca;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.FakeClock;
import io.endomesh.xds.identity.Pem;
import io.endomesh.xds.translate.SecretResource;
import io.endomesh.xds.translate.SecretTranslator;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevocationsTest {

  private static final Duration DAY = Duration.ofHours(24);
  private static final WorkloadIdentity ORDERS = new WorkloadIdentity("shop", "orders");

  private final FakeClock clock = new FakeClock(Instant.now());
  private final FactsInMemory store = new FactsInMemory();
  private Revocations revocations = new Revocations(store, clock);
  private CertificateAuthority authority;
  @TempDir Path directory;

  @BeforeEach
  void open() throws Exception {
    authority =
        CertificateAuthority.open(
            directory, new AuthoritySource.SelfMade(), revocations, "endomesh.local", DAY, clock);
  }

  private X509Certificate issue(Attestation attestation) throws Exception {
    KeyPair keys = Odd.keys("EC", 256);
    X509Certificate issued =
        authority
            .issue(new SigningRequest(keys.getPublic()), ORDERS, attestation, Duration.ZERO)
            .get(0);
    revocations.issued(revocations.lineOf(issued), issued);
    return issued;
  }

  private Attestation after(X509Certificate certificate) {
    return Attestation.of(certificate).inLine(revocations.lineOf(certificate));
  }

  @Test
  void revoke_oneOfALine_takesAllThatWereIssuedInIt_andNoOther() throws Exception {
    Attestation token = new Attestation(Attestation.Covers.SERVICE, Map.of("tier", "gold"));
    X509Certificate first = issue(token);
    X509Certificate renewed = issue(after(first));
    X509Certificate byAThief = issue(after(renewed));
    X509Certificate another = issue(token);
    assertThat(Attestation.of(byAThief).labels()).containsEntry("tier", "gold");
    assertThat(authority.bundle().revoked()).isEmpty();

    authority.revoke(renewed);

    assertThat(List.of(first, renewed, byAThief)).allMatch(revocations::isRevoked);
    assertThat(revocations.isRevoked(another)).isFalse();
    assertThat(authority.doubt(new X509Certificate[] {byAThief})).isEqualTo("revoked");
    assertThat(
            Pem.revocations(authority.bundle().revoked()).get(0).getRevokedCertificates().stream()
                .map(entry -> entry.getSerialNumber()))
        .containsExactlyInAnyOrder(
            first.getSerialNumber(), renewed.getSerialNumber(), byAThief.getSerialNumber());
    assertThat(authority.bundle()).as("a list is signed once").isEqualTo(authority.bundle());
  }

  @Test
  void revoke_certificatesOfAnAuthorityElsewhere_areOneLine_onAListThatAgentsTake()
      throws Exception {
    Clock now = Clock.systemUTC();
    AuthoritySource elsewhere = OpenSsl.make(directory).command(OpenSsl.SIGN);
    revocations = new Revocations(store, now);
    authority =
        CertificateAuthority.open(directory, elsewhere, revocations, "endomesh.local", DAY, now);
    Attestation token = new Attestation(Attestation.Covers.SERVICE, Map.of("tier", "gold"));
    X509Certificate first = order(token);
    X509Certificate renewed = order(token.inLine(revocations.lineOf(first)));
    X509Certificate another = order(token);

    // As after a restart.
    revocations = new Revocations(store, now);
    authority =
        CertificateAuthority.open(directory, elsewhere, revocations, "endomesh.local", DAY, now);
    assertThat(authority.attestation(renewed).labels()).containsEntry("tier", "gold");
    authority.revoke(renewed);

    assertThat(revocations.isRevoked(first)).isTrue();
    assertThat(revocations.isRevoked(another)).isFalse();
    Bundle bundle = authority.bundle();
    SecretResource taken =
        SecretTranslator.translate(
            Secret.newBuilder()
                .setValidationContext(
                    CertificateValidationContext.newBuilder()
                        .setTrustedCa(DataSource.newBuilder().setInlineString(bundle.roots()))
                        .setCrl(DataSource.newBuilder().setInlineString(bundle.revoked())))
                .build());
    assertThat(((SecretResource.Roots) taken).revoked())
        .containsExactlyInAnyOrder(first.getSerialNumber(), renewed.getSerialNumber());
  }

  private X509Certificate order(Attestation attestation) throws Exception {
    SigningRequest request =
        SigningRequest.parse(
            Signing.request(
                Signing.newKeyPair(),
                new GeneralNames(
                    new GeneralName(
                        GeneralName.uniformResourceIdentifier,
                        ORDERS.spiffeId("endomesh.local")))));
    X509Certificate issued = authority.issue(request, ORDERS, attestation, Duration.ZERO).get(0);
    revocations.vouch(issued, attestation);
    revocations.issued(revocations.lineOf(issued), issued);
    return issued;
  }

  @Test
  void revoke_certificateOfAnEarlierVersion_isTheFirstOfItsLine() throws Exception {
    X509Certificate old =
        authority
            .issue(
                new SigningRequest(Odd.keys("EC", 256).getPublic()),
                ORDERS,
                Attestation.SERVICE_ALONE,
                Duration.ZERO)
            .get(0);
    X509Certificate renewed = issue(after(old));

    authority.revoke(old);

    assertThat(List.of(old, renewed)).allMatch(revocations::isRevoked);
  }

  @Test
  void revoked_lastsOverARestart_untilAllHaveLongEnded() throws Exception {
    X509Certificate first = issue(Attestation.SERVICE_ALONE);
    authority.revoke(first);
    X509Certificate kept = issue(Attestation.SERVICE_ALONE);

    revocations = new Revocations(store, clock);
    assertThat(revocations.isRevoked(first)).isTrue();
    assertThat(revocations.tick()).isFalse();
    clock.advance(DAY.multipliedBy(3).plusSeconds(1));

    assertThat(revocations.tick()).isTrue();
    assertThat(revocations.revoked()).isEmpty();
    assertThat(store.facts("certificates/")).as("%s has ended as well", kept).isEmpty();
  }

  @Test
  void revoked_clockThatWasAheadForAWhile_staysSo() throws Exception {
    X509Certificate certificate = issue(Attestation.SERVICE_ALONE);
    authority.revoke(certificate);

    clock.advance(Duration.ofHours(25));
    revocations.tick();
    clock.advance(Duration.ofHours(-25));
    revocations.tick();

    assertThat(revocations.isRevoked(certificate)).isTrue();
    assertThat(Pem.revocations(authority.bundle().revoked()).get(0).getRevokedCertificates())
        .singleElement()
        .satisfies(
            entry -> assertThat(entry.getSerialNumber()).isEqualTo(certificate.getSerialNumber()));
    assertThat(new Revocations(store, clock).isRevoked(certificate)).isTrue();
  }
}
