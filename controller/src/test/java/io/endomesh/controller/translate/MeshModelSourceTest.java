package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.ca.Attestation;
import io.endomesh.controller.registry.Settling;
import io.endomesh.controller.registry.WorkloadRegistry;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.proto.v1.Registration;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeshModelSourceTest {

  private final WorkloadRegistry registry =
      new WorkloadRegistry(Duration.ofHours(1), () -> 0, Clock.systemUTC());
  private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
  private final BlockingQueue<MeshModel> published = new LinkedBlockingQueue<>();
  @TempDir private Path directory;
  private SqliteResourceStore store;

  @BeforeEach
  void open() throws Exception {
    store = SqliteResourceStore.open(directory, Clock.systemUTC());
  }

  @AfterEach
  void close() throws InterruptedException {
    executor.shutdownNow();
    assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    store.close();
  }

  @Test
  void model_workloadsComeBackAfterARestart_isSettledOnlyWithTheLastOfThemInIt() throws Exception {
    store.putFact("registry/live", "orders-1,orders-2");
    Settling settling = new Settling(store, () -> 0);
    MeshModelSource source =
        new MeshModelSource(store, registry, settling, "endomesh.local", executor, () -> 0);
    source.watch(published::add);
    assertThat(source.model().settled()).isFalse();

    join("orders-1");
    assertThat(published.take().settled()).isFalse();

    CountDownLatch held = new CountDownLatch(1);
    executor.submit(() -> held.await(10, TimeUnit.SECONDS));
    join("orders-2");
    // As the clock does it that ticks: all are known to be back, and no model has the last of them.
    assertThat(settling.isOver(registry.workloads())).isTrue();
    assertThat(source.model().settled()).isFalse();
    held.countDown();
    MeshModel next = published.take();
    assertThat(next.settled()).isTrue();
    assertThat(next.services())
        .singleElement()
        .satisfies(s -> assertThat(s.workloads()).hasSize(2));
  }

  private void join(String instance) throws Exception {
    registry.join(
        Registration.newBuilder()
            .setNamespace("shop")
            .setService("orders")
            .setInstance(instance)
            .build(),
        Attestation.SERVICE_ALONE,
        "10.0.0.7");
  }
}
