package io.endomesh.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link BlockingCall} and {@link AsyncCall} do while a fault delays a call. */
class LoopsTest {

  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final Mesh mesh = new Mesh(TestMesh.WORKLOAD, System::nanoTime, Clock.systemUTC());

  @BeforeEach
  void delayForAnHour() {
    Fault fault = new Fault(new Fault.Delay(Share.ALL, HOUR), null);
    mesh.publish(
        TestMesh.snapshot(
            null,
            "orders",
            TestMesh.route(
                TestMesh.cluster("orders", TestMesh.endpoint(1)),
                RoutePolicy.DEFAULT.withFault(fault))));
  }

  @Test
  void blockingPause_interrupted_ends() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> BlockingCall.run(call(), new Blocking()))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void blockingPause_longerThanTheLibraryWaits_isItsException() {
    Blocking impatient =
        new Blocking() {
          @Override
          public void pause(long nanos) throws IOException {
            assertThat(nanos).isEqualTo(HOUR);
            throw new IOException("timed out");
          }
        };

    assertThatThrownBy(() -> BlockingCall.run(call(), impatient)).hasMessage("timed out");
  }

  @Test
  void asyncPause_cancelled_ends() {
    Async exchange = new Async(new CompletableFuture<>());
    AsyncCall<String> running = AsyncCall.start(call(), exchange);

    running.cancel(true);

    assertThat(exchange.paused).isCancelled();
    assertThat(running).isCancelled();
  }

  @Test
  void asyncPause_over_goesOn() {
    Async exchange = new Async(CompletableFuture.completedFuture(null));

    assertThat(AsyncCall.start(call(), exchange).orTimeout(10, TimeUnit.SECONDS).join())
        .isEqualTo("attempted");
  }

  @Test
  void asyncPause_longerThanTheLibraryWaits_isItsException() {
    Async exchange = new Async(CompletableFuture.failedFuture(new IOException("timed out")));

    assertThatThrownBy(
            () -> AsyncCall.start(call(), exchange).orTimeout(10, TimeUnit.SECONDS).join())
        .hasRootCauseMessage("timed out");
  }

  private Call call() {
    return mesh.call(TestRequest.get("orders", "/"));
  }

  private static class Blocking implements BlockingCall.Exchange<String, IOException> {
    @Override
    public AttemptResult<String> exchange(Attempt attempt) {
      attempt.responded(200, Outcome.NOT_GRPC);
      return new AttemptResult.Delivered<>("attempted");
    }

    @Override
    public String reply(Reply reply) {
      return reply.message();
    }
  }

  private record Async(CompletableFuture<Void> paused) implements AsyncCall.Exchange<String> {
    @Override
    public CompletableFuture<AttemptResult<String>> exchange(Attempt attempt) {
      attempt.responded(200, Outcome.NOT_GRPC);
      return CompletableFuture.completedFuture(new AttemptResult.Delivered<>("attempted"));
    }

    @Override
    public CompletableFuture<Void> pause(long nanos) {
      return paused;
    }

    @Override
    public CompletableFuture<String> reply(Reply reply) {
      return CompletableFuture.completedFuture(reply.message());
    }
  }
}
