package io.endomesh.xds.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {

  /** Draws the largest value, always. */
  private static final RandomGenerator LARGEST =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          return Long.MAX_VALUE;
        }

        @Override
        public long nextLong(long bound) {
          return bound - 1;
        }
      };

  @Test
  void nextNanos_failureAfterFailure_doublesUpToTheMaximum() {
    Backoff backoff = new Backoff(LARGEST);
    assertThat(backoff.nextNanos()).isEqualTo(Backoff.START_JITTER_NANOS - 1);
    assertThat(backoff.nextNanos()).isEqualTo(2 * Backoff.BASE_NANOS - 1);
    assertThat(backoff.nextNanos()).isEqualTo(4 * Backoff.BASE_NANOS - 1);
    for (int i = 0; i < 100; i++) {
      backoff.nextNanos();
    }
    assertThat(backoff.nextNanos()).isEqualTo(Backoff.MAX_NANOS - 1);
    backoff.reset();
    assertThat(backoff.nextNanos()).isEqualTo(Backoff.START_JITTER_NANOS - 1);
  }

  @Test
  void nextNanos_thousandAgents_spreadEvenly() {
    int early = 0;
    for (int i = 0; i < 1_000; i++) {
      if (new Backoff(RandomGenerator.getDefault()).nextNanos() < Backoff.START_JITTER_NANOS / 2) {
        early++;
      }
    }
    // Ten standard deviations (each 16) around half of them.
    assertThat(early).isBetween(340, 660);
  }
}
