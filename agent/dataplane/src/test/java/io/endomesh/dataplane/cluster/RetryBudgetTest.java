package io.endomesh.dataplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryBudgetTest {

  private final RetryBudget budget = new RetryBudget();

  @Test
  void permitsRetry_quiet_allowsThree() {
    retries(2);
    assertThat(budget.permitsRetry()).isTrue();
    retries(1);
    assertThat(budget.permitsRetry()).isFalse();
  }

  @Test
  void permitsRetry_busy_allowsAFifth() {
    for (int i = 0; i < 81; i++) {
      budget.begin(false);
    }
    retries(19);
    assertThat(budget.permitsRetry()).isTrue();
    retries(1);
    assertThat(budget.permitsRetry()).isFalse();
    budget.end(true);
    assertThat(budget.permitsRetry()).isTrue();
  }

  private void retries(int count) {
    for (int i = 0; i < count; i++) {
      budget.begin(true);
    }
  }
}
