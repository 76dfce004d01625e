package io.endomesh.controller.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.ca.Rotation.Phase;
import io.endomesh.controller.ca.Rotation.Witness;
import io.endomesh.dataplane.FakeClock;
import io.endomesh.dataplane.identity.Roots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotationTest {

  private static final Duration DAY = Duration.ofHours(24);

  private final FakeClock clock = new FakeClock(Instant.now());
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

  private static Phase phase(CertificateAuthority authority) {
    Rotation rotation = authority.rotation();
    return rotation == null ? null : rotation.phase();
  }

  private static List<X509Certificate> chain(CertificateAuthority authority) {
    return authority.serverCertificate(List.of("localhost"), DAY).chain();
  }

  private static void tick(CertificateAuthority authority, Witness... workloads)
      throws IOException {
    authority.tick(List.of(workloads));
  }

  private static String last(CertificateAuthority authority) {
    List<X509Certificate> roots = authority.roots();
    return CertificateAuthority.fingerprint(roots.get(roots.size() - 1));
  }

  @Test
  void rotate_inTime_waitsForTheHourTheDayAndThoseThatAreConnected() throws Exception {
    CertificateAuthority authority = open();
    AtomicInteger changes = new AtomicInteger();
    authority.watch(changes::incrementAndGet);
    String old = authority.fingerprint();

    authority.rotate(false);

    String next = last(authority);
    assertThat(authority.roots()).hasSize(2);
    assertThat(authority.fingerprint()).as("the present one signs").isEqualTo(old);
    clock.advance(Duration.ofMinutes(59));
    tick(authority, new Witness("a", old, List.of(old, next)));
    assertThat(phase(authority)).isEqualTo(Phase.ANNOUNCE);
    clock.advance(Duration.ofMinutes(2));
    Witness behind = new Witness("b", old, List.of(old));
    tick(authority, behind);
    assertThat(phase(authority)).isEqualTo(Phase.ANNOUNCE);
    assertThat(authority.waitingFor(List.of(behind))).containsExactly("b");
    assertThat(authority.renewal(old)).isNull();

    tick(authority, new Witness("b", old, List.of(old, next)), new Witness("c", "", List.of()));

    assertThat(phase(authority)).isEqualTo(Phase.SIGN);
    assertThat(authority.fingerprint()).isEqualTo(next);
    assertThat(authority.roots()).hasSize(2);
    assertThat(authority.renewal(old)).isEqualTo(Duration.ofMinutes(10));
    assertThat(authority.renewal(next)).isNull();
    assertThat(authority.renewal("")).isNull();
    clock.advance(DAY);
    tick(authority, new Witness("b", next, List.of(old, next)));
    assertThat(phase(authority)).as("one that is away has a certificate still").isNotNull();
    clock.advance(Duration.ofMinutes(6));
    tick(authority);

    assertThat(phase(authority)).isNull();
    assertThat(authority.roots()).hasSize(1);
    assertThat(authority.fingerprint()).isEqualTo(next);
    assertThat(changes).hasValue(3);
    assertThat(directory.resolve("next.pem")).doesNotExist();
    assertThat(open().fingerprint()).isEqualTo(next);
  }

  @Test
  void rotate_hurried_goesByEvidenceAlone() throws Exception {
    CertificateAuthority authority = open();
    String old = authority.fingerprint();
    authority.rotate(true);
    String next = last(authority);

    clock.advance(Duration.ofSeconds(6));
    tick(authority, new Witness("a", old, List.of(old)));
    assertThat(phase(authority)).isEqualTo(Phase.ANNOUNCE);
    tick(authority, new Witness("a", old, List.of(old, next)));
    assertThat(phase(authority)).isEqualTo(Phase.SIGN);
    clock.advance(Duration.ofSeconds(6));
    Witness silent = new Witness("old-agent", "", List.of());
    tick(authority, new Witness("a", next, List.of(old, next)), silent);
    assertThat(phase(authority)).isEqualTo(Phase.SIGN);
    assertThat(authority.waitingFor(List.of(silent))).containsExactly("old-agent");
    tick(authority, new Witness("a", next, List.of(old, next)));

    assertThat(authority.roots()).hasSize(1);
    assertThat(authority.fingerprint()).isEqualTo(next);
  }

  @Test
  void chain_afterTheRotation_isBelievedByWhoKnowsEitherRoot() throws Exception {
    Files.copy(Odd.rootOfPathLengthZero(directory, clock.instant()), directory.resolve("root.pem"));
    CertificateAuthority authority = open();
    X509Certificate first = authority.rootCertificate();
    rotateNow(authority);
    X509Certificate second = authority.rootCertificate();
    assertThat(second.getBasicConstraints()).isPositive();
    rotateNow(authority);
    List<X509Certificate> chain = chain(open());

    for (X509Certificate root : List.of(first, second, authority.rootCertificate())) {
      assertThat(chain).contains(root);
      Roots.trust(List.of(root))
          .checkServerTrusted(chain.toArray(X509Certificate[]::new), "ECDHE_ECDSA");
    }
    assertThat(chain.get(chain.size() - 1)).as("earlier agents look there").isEqualTo(first);
    assertThat(authority.clientRoots()).containsExactly(authority.rootCertificate(), second, first);
  }

  private void rotateNow(CertificateAuthority authority) throws IOException {
    authority.rotate(true);
    clock.advance(Duration.ofSeconds(6));
    tick(authority);
    clock.advance(Duration.ofSeconds(6));
    tick(authority);
    assertThat(phase(authority)).isNull();
  }

  @Test
  void abort_beforeTheNextSigned_forgetsIt_afterwards_returns() throws Exception {
    CertificateAuthority authority = open();
    String old = authority.fingerprint();
    assertThatThrownBy(authority::abort).hasMessage("no rotation is under way (expected: one)");
    authority.rotate(true);
    authority.abort();
    assertThat(authority.roots()).hasSize(1);

    authority.rotate(true);
    String next = last(authority);
    clock.advance(Duration.ofSeconds(6));
    tick(authority);
    assertThat(authority.fingerprint()).isEqualTo(next);
    authority.abort();

    assertThat(phase(authority)).isEqualTo(Phase.RETURN);
    assertThat(authority.fingerprint()).isEqualTo(old);
    assertThat(authority.roots()).hasSize(2);
    assertThat(authority.renewal(next)).isNotNull();
    clock.advance(Duration.ofSeconds(6));
    tick(authority, new Witness("a", next, List.of(old, next)));
    assertThat(phase(authority)).isEqualTo(Phase.RETURN);
    tick(authority, new Witness("a", old, List.of(old, next)));
    assertThat(authority.roots()).hasSize(1);
    assertThat(authority.fingerprint()).isEqualTo(old);
  }

  @Test
  void rotate_again_isRefusedUnlessItHurries() throws Exception {
    CertificateAuthority authority = open();
    authority.rotate(false);
    assertThatThrownBy(() -> authority.rotate(false))
        .hasMessage("a rotation is under way, phase ANNOUNCE (expected: none)");

    authority.rotate(true);

    assertThat(authority.rotation().hurried()).isTrue();
  }

  @Test
  void open_inEachPhase_goesOnThere() throws Exception {
    CertificateAuthority authority = open();
    authority.rotate(true);
    assertThat(phase(open())).isEqualTo(Phase.ANNOUNCE);
    assertThat(open().roots()).isEqualTo(authority.roots());
    clock.advance(Duration.ofSeconds(6));
    tick(authority);

    CertificateAuthority again = open();

    assertThat(phase(again)).isEqualTo(Phase.SIGN);
    assertThat(again.fingerprint()).isEqualTo(authority.fingerprint());
    assertThat(chain(again).get(1)).as("the intermediate").isEqualTo(chain(authority).get(1));
    // Stopped after the first of the last step's writes.
    Files.copy(
        directory.resolve("next.pem"),
        directory.resolve("root.pem"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(phase(open())).isNull();
    assertThat(open().fingerprint()).isEqualTo(authority.fingerprint());
  }

  @Test
  void tick_atAFifthOfTheRootsLife_beginsByItself() throws Exception {
    CertificateAuthority authority = open();
    clock.advance(Duration.ofDays(2919));
    tick(authority);
    assertThat(phase(authority)).isNull();

    clock.advance(Duration.ofDays(2));
    tick(authority);

    assertThat(phase(authority)).isEqualTo(Phase.ANNOUNCE);
    assertThat(authority.rotation().hurried()).isFalse();
  }
}
