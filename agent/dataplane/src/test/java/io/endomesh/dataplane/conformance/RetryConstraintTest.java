package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.RetryConstraint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Retry constraint")
class RetryConstraintTest extends Conformance {

  private static final RetryConstraint TWENTY_PERCENT_OF_TEN_SECONDS =
      new RetryConstraint(20, seconds(10), 3, seconds(1));

  @Test
  @DisplayName(
      "of the first attempts of an interval a share may be followed by retries, however few are in"
          + " flight (Gateway API XBackendTrafficPolicy retryConstraint.budget)")
  void budget() {
    publish(constrained(TWENTY_PERCENT_OF_TEN_SECONDS), TestMesh.retrying(1, 503));
    succeed(1_000);
    assertThat(retried(500)).isEqualTo(300);
  }

  @Test
  @DisplayName(
      "calls that lie further back than the interval count no more, to a tenth of it"
          + " (retryConstraint.budget.interval)")
  void budget_interval() {
    publish(constrained(TWENTY_PERCENT_OF_TEN_SECONDS), TestMesh.retrying(1, 503));
    succeed(1_000);
    clock.advance(Duration.ofSeconds(9));
    assertThat(retried(20)).isEqualTo(20);
    clock.advance(Duration.ofSeconds(10));
    assertThat(retried(20)).as("20 calls of this interval").isEqualTo(4);
  }

  @Test
  @DisplayName(
      "as many retries a time as the minimum says are always permitted"
          + " (retryConstraint.minRetryRate)")
  void minRetryRate() {
    publish(
        constrained(new RetryConstraint(0, seconds(10), 3, seconds(1))), TestMesh.retrying(1, 503));
    assertThat(retried(10)).isEqualTo(3);
    clock.advance(Duration.ofMillis(500));
    assertThat(retried(10)).isZero();
    clock.advance(Duration.ofMillis(600));
    assertThat(retried(10)).isEqualTo(3);
  }

  @Test
  @DisplayName("a retry that is not permitted gives the application the answer that there was")
  void exceeded() {
    publish(
        constrained(new RetryConstraint(0, seconds(10), 1, seconds(1))), TestMesh.retrying(2, 503));
    Call call = begin();
    assertThat(respond(attempt(call), 503)).isNotEqualTo(Attempt.DELIVER);
    assertThat(respond(attempt(call), 503)).isEqualTo(Attempt.DELIVER);
  }

  @Test
  @DisplayName("what was retried is remembered when endpoints or routes change")
  void snapshots() {
    Cluster before = constrained(new RetryConstraint(0, seconds(10), 1, seconds(1)));
    publish(before, TestMesh.retrying(1, 503));
    assertThat(retried(1)).isEqualTo(1);
    publish(
        new Cluster("orders", "orders", List.of(one), before.policy(), before.load()),
        TestMesh.retrying(1, 503));
    assertThat(retried(1)).isZero();
  }

  private Cluster constrained(RetryConstraint constraint) {
    return cluster(Balancing.DEFAULT, Limits.DEFAULT.with(constraint), null, one, two);
  }

  private void succeed(int calls) {
    for (int i = 0; i < calls; i++) {
      respond(attempt(begin()), 200);
    }
  }

  /** Of so many calls whose first attempts fail, how many are tried again. */
  private int retried(int calls) {
    List<Call> again = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      Call call = begin();
      if (respond(attempt(call), 503) != Attempt.DELIVER) {
        again.add(call);
      }
    }
    again.forEach(call -> respond(attempt(call), 200));
    return again.size();
  }
}
