package io.endomesh.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TraceLimitTest {

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
  private final TraceLimit limit = new TraceLimit(100, clock::get);

  private long begun(int tries) {
    return IntStream.range(0, tries).filter(i -> limit.tryBegin()).count();
  }

  @Test
  void tryBegin_burst_isASecondsWorth() {
    assertThat(begun(1_000)).isEqualTo(100);
  }

  @Test
  void tryBegin_evenTraffic_isHeldToTheRate() {
    begun(1_000);
    long begun = 0;
    // Three seconds, over the wrap of the clock.
    for (int millis = 0; millis < 3_000; millis++) {
      clock.addAndGet(1_000_000);
      begun += begun(5);
    }

    assertThat(begun).isEqualTo(300);
  }

  @Test
  void tryBegin_afterALongRest_isABurstNotMore() {
    clock.addAndGet(3_600_000_000_000L);

    assertThat(begun(1_000)).isEqualTo(100);
  }
}
