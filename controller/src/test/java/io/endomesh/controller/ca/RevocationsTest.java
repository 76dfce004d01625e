package io.endomesh.controller.ca;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.FakeClock;
import io.endomesh.xds.identity.Pem;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
