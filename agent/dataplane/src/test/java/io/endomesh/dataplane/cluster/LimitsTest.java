package io.endomesh.dataplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LimitsTest {

  private final ClusterLoad load = new ClusterLoad();

  @Test
  void permitsRetry_quiet_allowsThree() {
    retries(2);
    assertThat(Limits.DEFAULT.permitsRetry(load)).isTrue();
    retries(1);
    assertThat(Limits.DEFAULT.permitsRetry(load)).isFalse();
  }

  @Test
  void permitsRetry_busy_allowsAFifthOfTheFirstAttempts() {
    for (int i = 0; i < 100; i++) {
      load.begin(false);
    }
    retries(19);
    assertThat(Limits.DEFAULT.permitsRetry(load)).isTrue();
    retries(1);
    assertThat(Limits.DEFAULT.permitsRetry(load)).isFalse();
    load.end(true);
    assertThat(Limits.DEFAULT.permitsRetry(load)).isTrue();
  }

  private void retries(int count) {
    for (int i = 0; i < count; i++) {
      load.begin(true);
    }
  }
}
