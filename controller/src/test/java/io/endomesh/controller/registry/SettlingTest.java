package io.endomesh.controller.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.ca.Attestation;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.proto.v1.Registration;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettlingTest {

  @TempDir Path directory;
  private final AtomicLong nanos = new AtomicLong();
  private SqliteResourceStore store;
  private WorkloadRegistry registry;

  @BeforeEach
  void open() throws Exception {
    store = SqliteResourceStore.open(directory, Clock.systemUTC());
    registry = new WorkloadRegistry(Duration.ofSeconds(3), nanos::get, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void isOver_firstStart_atOnce() {
    assertThat(new Settling(store, nanos::get).isOver(registry.workloads())).isTrue();
  }

  @Test
  void isOver_afterRestart_whenAllAreBack() throws Exception {
    store.putFact("registry/live", "orders-1,orders-2");
    Settling settling = new Settling(store, nanos::get);
    join("orders-1");
    join("other");
    assertThat(settling.isOver(registry.workloads())).isFalse();

    join("orders-2");

    assertThat(settling.isOver(registry.workloads())).isTrue();
  }

  @Test
  void isOver_oneStaysAway_tenSecondsAfterItCouldComeBack() throws Exception {
    store.putFact("registry/live", "orders-1");
    Settling settling = new Settling(store, nanos::get);
    nanos.set(Duration.ofSeconds(100).toNanos());
    assertThat(settling.isOver(registry.workloads())).isFalse();
    settling.reachable();
    nanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
    assertThat(settling.isOver(registry.workloads())).isFalse();

    nanos.incrementAndGet();

    assertThat(settling.isOver(registry.workloads())).isTrue();
  }

  @Test
  void remember_whileSettling_keepsWhoIsAwaited() throws Exception {
    store.putFact("registry/live", "orders-1,orders-2");
    Settling settling = new Settling(store, nanos::get);
    join("orders-1");
    settling.remember(registry.workloads());
    assertThat(store.fact("registry/live")).contains("orders-1,orders-2");

    settling.reachable();
    nanos.set(Duration.ofSeconds(10).toNanos());
    assertThat(settling.isOver(registry.workloads())).isTrue();
    settling.remember(registry.workloads());

    assertThat(store.fact("registry/live")).contains("shop/orders/orders-1");
  }

  @Test
  void holder_untilTheWaitIsOver_isWhoLivedBefore() throws Exception {
    store.putFact("registry/live", "from-before,shop/orders/orders-1,shop/orders/eu/orders,2");
    Settling settling = new Settling(store, nanos::get);
    assertThat(settling.holder("orders-1").orElseThrow()).hasToString("shop/orders");
    assertThat(settling.holder("eu/orders").orElseThrow()).hasToString("shop/orders");
    assertThat(settling.holder("from-before")).isEmpty();
    assertThat(settling.holder("orders-9")).isEmpty();

    settling.reachable();
    nanos.set(Duration.ofSeconds(10).toNanos());
    assertThat(settling.isOver(registry.workloads())).isTrue();

    assertThat(settling.holder("orders-1")).isEmpty();
  }

  private void join(String instance) throws Exception {
    registry.join(
        Registration.newBuilder()
            .setService("orders")
            .setNamespace("shop")
            .setInstance(instance)
            .build(),
        Attestation.SERVICE_ALONE,
        "10.0.0.7");
  }
}
