package io.endomesh.dataplane.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatenciesTest {

  private final Latencies latencies = new Latencies();

  @Test
  void percentile_ofAnyTime_isWithinSixPercent() {
    Random random = new Random(20_261_126);
    for (int i = 0; i < 10_000; i++) {
      long nanos = 100 + (long) Math.exp(random.nextDouble() * 40);
      latencies.add(nanos);
      assertThat((double) latencies.percentile(50))
          .isCloseTo(nanos, Percentage.withPercentage(6.3));
      latencies.clear();
    }
  }

  @Test
  void percentile_ofMany_isThatOfTheRank() {
    for (int i = 1; i <= 100; i++) {
      latencies.add(i * 1_000_000L);
    }

    assertThat(latencies.count()).isEqualTo(100);
    assertThat((double) latencies.percentile(50)).isCloseTo(50e6, Percentage.withPercentage(6.3));
    assertThat((double) latencies.percentile(90)).isCloseTo(90e6, Percentage.withPercentage(6.3));
  }

  @Test
  void percentile_ofNone_isZero_andTheShortestAndLongestAreTaken() {
    assertThat(latencies.percentile(50)).isZero();
    latencies.add(-1);
    latencies.add(Long.MAX_VALUE);
    assertThat(latencies.percentile(100)).isGreaterThan(Long.MAX_VALUE / 2);
  }
}
