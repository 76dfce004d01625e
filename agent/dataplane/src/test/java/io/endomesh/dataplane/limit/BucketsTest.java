package io.endomesh.dataplane.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BucketsTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final Rate ONE_A_SECOND = new Rate(1, SECOND, 1);

  private long now = -5;

  @Test
  void take_keysUpToTheBound_haveBucketsOfTheirOwn() {
    Buckets buckets = new Buckets(ONE_A_SECOND, 4_096, now);
    int letThrough = letThrough(buckets, 0, 1_000);

    assertThat(letThrough).isEqualTo(1_000);
    assertThat(letThrough(buckets, 0, 1_000)).isZero();
  }

  @Test
  void take_keysBeyondTheBound_shareOneBucket() {
    Buckets buckets = new Buckets(ONE_A_SECOND, 64, now);

    assertThat(letThrough(buckets, 0, 100_000)).isEqualTo(64 + 1);
  }

  @Test
  void take_keyOfALongTimeAgo_hasGivenItsPlaceToAnother() {
    Buckets buckets = new Buckets(ONE_A_SECOND, 64, now);
    letThrough(buckets, 0, 100_000);

    now += SECOND;

    assertThat(letThrough(buckets, 100_000, 100_000)).isEqualTo(64 + 1);
  }

  @Test
  void take_keyInUse_keepsItsPlace() {
    Buckets buckets = new Buckets(new Rate(1, 10 * SECOND, 1), 64, now);
    buckets.take("mine", now);
    for (int i = 0; i < 9; i++) {
      now += SECOND;
      letThrough(buckets, i * 10_000, 10_000);
      assertThat(buckets.take("mine", now)).isEqualTo((9 - i) * SECOND);
    }
  }

  @Test
  void take_withoutKeys_isOneBucket() {
    Buckets buckets = new Buckets(ONE_A_SECOND, 0, now);

    assertThat(buckets.take("a", now)).isZero();
    assertThat(buckets.take("b", now)).isEqualTo(SECOND);
    assertThat(buckets.take(null, now)).isEqualTo(SECOND);
  }

  private int letThrough(Buckets buckets, int from, int keys) {
    int letThrough = 0;
    for (int i = from; i < from + keys; i++) {
      if (buckets.take("key-" + i, now) == 0) {
        letThrough++;
      }
    }
    return letThrough;
  }
}
