package io.endomesh.dataplane.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CellRateTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long now = Long.MAX_VALUE - SECOND;
  private final CellRate rate = new CellRate(new Rate(100, SECOND, 100), 1, now);

  private long taken(int tries) {
    return IntStream.range(0, tries).filter(i -> rate.take(0, now) == 0).count();
  }

  @Test
  void take_burst_isWhatTheRateSays() {
    assertThat(taken(1_000)).isEqualTo(100);
  }

  @Test
  void take_evenTraffic_isHeldToTheRate_overTheWrapOfTheClock() {
    taken(1_000);
    long taken = 0;
    for (int millis = 0; millis < 3_000; millis++) {
      now += TimeUnit.MILLISECONDS.toNanos(1);
      taken += taken(5);
    }

    assertThat(taken).isEqualTo(300);
  }

  @Test
  void take_afterALongRest_isABurstNotMore() {
    now += TimeUnit.HOURS.toNanos(1);

    assertThat(taken(1_000)).isEqualTo(100);
  }

  @Test
  void take_refused_saysExactlyHowLongToWait() {
    taken(100);
    long wait = rate.take(0, now);
    assertThat(wait).isEqualTo(SECOND / 100);

    now += wait - 1;
    assertThat(rate.take(0, now)).isEqualTo(1);
    now += 1;
    assertThat(rate.take(0, now)).isZero();
  }

  @Test
  void giveBack_undoesATake() {
    taken(100);

    rate.giveBack(0, 1);

    assertThat(taken(10)).isEqualTo(1);
  }

  @Test
  void take_severalCalls_isAllOrNothing_andMoreThanABurstNever() {
    assertThat(rate.take(0, 60, now)).isZero();
    assertThat(rate.left(0, now)).isEqualTo(40);
    assertThat(rate.take(0, 41, now)).isEqualTo(SECOND / 100);
    assertThat(rate.take(0, 40, now)).isZero();
    assertThat(rate.left(0, now)).isZero();
    assertThat(rate.untilWhole(0, now)).isEqualTo(SECOND);

    rate.giveBack(0, 100);

    assertThat(rate.take(0, 101, now)).isPositive();
    assertThat(rate.take(0, Long.MAX_VALUE, now)).isPositive();
    assertThat(rate.left(0, now)).isEqualTo(100);
  }

  @Test
  void take_manyThreadsAtOnce_takeNoMoreThanThereIs() throws InterruptedException {
    int threads = 8;
    AtomicInteger taken = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    Thread[] all = new Thread[threads];
    for (int i = 0; i < threads; i++) {
      all[i] =
          new Thread(
              () -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  return;
                }
                taken.addAndGet((int) taken(1_000));
              });
      all[i].start();
    }
    start.countDown();
    for (Thread thread : all) {
      thread.join();
    }

    assertThat(taken).hasValue(100);
  }

  @Test
  void rate_thatCannotBeCounted_isRefused() {
    assertThatThrownBy(() -> new Rate(0, SECOND, 1)).hasMessageContaining("0 requests");
    assertThatThrownBy(() -> new Rate(2, 1, 1)).hasMessageContaining("one a nanosecond");
    assertThatThrownBy(() -> new Rate(1, TimeUnit.DAYS.toNanos(1), Integer.MAX_VALUE))
        .hasMessageContaining("146 years");
  }
}
