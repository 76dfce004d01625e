package io.endomesh.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.InboundCall;
import io.opentelemetry.api.trace.SpanContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalLogTest {

  private final List<String> lines = new ArrayList<>();
  private final AtomicLong nanoTime = new AtomicLong();
  private final RefusalLog log = new RefusalLog(lines::add, nanoTime::get);

  @Test
  void add_sameCallerAndPolicyAgain_isSummedUp() {
    for (int i = 0; i < 1000; i++) {
      log.add(refusal("spiffe://d/ns/a/sa/b"));
      log.flush();
    }
    assertThat(lines).hasSize(1);

    nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(10));
    log.flush();

    assertThat(lines).hasSize(2);
    assertThat(lines.get(1)).endsWith(" repeated=999");
  }

  @Test
  void add_anotherCaller_isWrittenAtOnce() {
    log.add(refusal("spiffe://d/ns/a/sa/b"));
    log.add(refusal("spiffe://d/ns/a/sa/c"));

    assertThat(lines).hasSize(2);
  }

  @Test
  void add_manyCallers_forgetsNoCount() {
    for (int i = 0; i < 300; i++) {
      log.add(refusal("spiffe://d/ns/a/sa/" + i));
      log.add(refusal("spiffe://d/ns/a/sa/" + i));
    }
    nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(10));
    log.flush();

    assertThat(lines).hasSize(600);
    assertThat(lines).filteredOn(line -> line.endsWith(" repeated=1")).hasSize(300);
  }

  private static ObservedRequest refusal(String caller) {
    InboundCall call =
        Shop.mesh(CallObserver.NONE)
            .serve(Shop.Message.arrivedAt(Shop.REFUSING_PORT, "GET", "/").from(caller));
    return new ObservedRequest(call, SpanContext.getInvalid(), SpanContext.getInvalid(), 0);
  }
}
