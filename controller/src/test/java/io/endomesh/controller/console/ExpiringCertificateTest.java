package io.endomesh.controller.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.translate.TestModels;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpiringCertificateTest {

  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  private static Workload with(@Nullable Instant begin, @Nullable Instant end, String problem) {
    return TestModels.workload("shop/orders", Map.of(), 80)
        .seen(
            NOW,
            new Workload.Health(0, 0, 0, end, List.of(), "", List.of(), begin, problem, List.of()));
  }

  @ParameterizedTest
  @CsvSource({"26, ", "25, ", "24, warning", "10, warning", "9, error", "0, error", "-1, error"})
  void certificate_byTheShareOfItsLifeThatIsLeft(int percent, @Nullable String severity) {
    Instant end = NOW.plusSeconds(percent * 36L);
    ExpiringCertificate found =
        ExpiringCertificate.of(with(end.minus(Duration.ofHours(1)), end, ""), NOW);

    assertThat(found == null ? null : found.severity()).isEqualTo(severity);
  }

  @Test
  void message_saysWhyItWasNotRenewed_asTheWorkloadSays() {
    Instant end = NOW.plusSeconds(10);

    assertThat(ExpiringCertificate.of(with(NOW.minusSeconds(90), end, "not now"), NOW))
        .isEqualTo(
            new ExpiringCertificate(
                "warning",
                "the certificate of orders-80 ends at 2026-11-23T10:00:10Z, with 10 % of its life"
                    + " left; it was not renewed: not now"));
    assertThat(ExpiringCertificate.of(with(NOW.minusSeconds(90), NOW, ""), NOW))
        .isEqualTo(
            new ExpiringCertificate(
                "error",
                "the certificate of orders-80 ended at 2026-11-23T10:00:00Z; look in its log why"
                    + " it was not renewed"));
  }

  @Test
  void certificate_ofAnAgentThatDoesNotSayWhenItBegan_isTakenForADays() {
    assertThat(ExpiringCertificate.of(with(null, NOW.plus(Duration.ofHours(7)), ""), NOW)).isNull();
    assertThat(ExpiringCertificate.of(with(null, NOW.plus(Duration.ofHours(5)), ""), NOW))
        .isNotNull();
    assertThat(ExpiringCertificate.of(with(null, null, ""), NOW)).isNull();
  }
}
