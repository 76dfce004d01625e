package io.endomesh.controller.ca;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.TlsKeyPair;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller's own certificate, where an authority elsewhere makes it. */
class ServerCertificatesTest {

  /** As real as OpenSSL's, and ahead when told. */
  private static final class Ahead extends Clock {
    private volatile Duration by = Duration.ZERO;

    @Override
    public Instant instant() {
      return Instant.now().plus(by);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private final Ahead clock = new Ahead();
  @TempDir Path directory;

  private static void await(BooleanSupplier what) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!what.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("too late").isNegative();
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private static CertificateAuthority.CommandCounts counts(CertificateAuthority authority) {
    return Objects.requireNonNull(authority.command());
  }

  @Test
  void certificate_ofADay_isRenewedAtHalfOfIt_andKeptWhileTheCommandFails() throws Exception {
    OpenSsl openSsl = OpenSsl.make(directory);
    CertificateAuthority authority =
        CertificateAuthority.open(
            directory,
            openSsl.command(OpenSsl.SIGN),
            Odd.revocations(clock),
            "endomesh.local",
            Duration.ofHours(24),
            clock);
    ServerCertificates certificates =
        new ServerCertificates(authority, List.of("mesh.example", "127.0.0.1", "::1"), clock);
    TlsKeyPair first = certificates.keyPair("mesh.example");
    X509Certificate leaf = first.certificateChain().get(0);
    assertThat(leaf.getSubjectAlternativeNames())
        .anySatisfy(name -> assertThat(name).isEqualTo(List.of(2, "mesh.example")))
        .anySatisfy(name -> assertThat(name).isEqualTo(List.of(7, "127.0.0.1")))
        .hasSize(4);

    clock.by = Duration.ofHours(11);
    assertThat(certificates.keyPair("mesh.example")).isSameAs(first);
    openSsl.script("exit 1");
    clock.by = Duration.ofHours(13);
    assertThat(certificates.keyPair("mesh.example")).isSameAs(first);
    await(() -> counts(authority).failed() == 1);
    assertThat(certificates.keyPair("mesh.example")).isSameAs(first);

    openSsl.script(OpenSsl.SIGN);
    clock.by = Duration.ofHours(14);
    await(
        () -> {
          // The thread that failed may not have ended: its quiet begins then.
          clock.by = clock.by.plus(Duration.ofSeconds(31));
          return certificates.keyPair("mesh.example") != first;
        });
    assertThat(counts(authority).issued()).isEqualTo(2);
  }
}
