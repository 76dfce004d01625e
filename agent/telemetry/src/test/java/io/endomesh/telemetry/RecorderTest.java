package io.endomesh.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Protocol;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.resources.Resource;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RecorderTest {

  private static final int RECORDINGS = 100_000;

  @Test
  void record_intoASeriesMetBefore_allocatesNothing() {
    Recorder recorder = new Recorder(Resource.empty(), new Backlog(() -> {}), () -> null);
    ObservedAttempt attempt = attempt();
    record(recorder, attempt);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    long before = threads.getCurrentThreadAllocatedBytes();
    record(recorder, attempt);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    // The measuring itself, and code that was not compiled yet, leave a few hundred bytes.
    assertThat(allocated / RECORDINGS).isZero();
  }

  private static void record(Recorder recorder, ObservedAttempt attempt) {
    for (int i = 0; i < RECORDINGS; i++) {
      recorder.record(attempt);
    }
  }

  private static ObservedAttempt attempt() {
    Mesh mesh = Shop.mesh(CallObserver.NONE);
    Call call = Objects.requireNonNull(mesh.call(Shop.Message.http("orders:8080", "GET", "/")));
    ObservedAttempt observed =
        new ObservedAttempt(
            (Attempt) call.next(), SpanContext.getInvalid(), SpanContext.getInvalid(), 0);
    observed.end(new Outcome(200, Outcome.NOT_GRPC, null, 1_000_000), Protocol.HTTP, false);
    return observed;
  }
}
