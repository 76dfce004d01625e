package io.endomesh.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.route.VirtualHost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class HostDiscoveryTest {

  private static final long WINDOW = Duration.ofSeconds(2).toNanos();
  private static final VirtualHost ORDERS = new VirtualHost("orders.default", List.of());

  private final Mesh mesh = new Mesh(new Workload("shop", "default", "shop-1", Map.of()));
  private final List<String> subscribed = new CopyOnWriteArrayList<>();
  private final AtomicLong now = new AtomicLong();

  private HostDiscovery discovery(Duration timeout) {
    return discovery(timeout, subscribed::add);
  }

  private HostDiscovery discovery(Duration timeout, Consumer<String> subscribe) {
    return new HostDiscovery(
        mesh, now::get, WINDOW, timeout.toNanos(), Runnable::run, subscribe, subscribed::remove);
  }

  private void publishOrders(HostDiscovery discovery) {
    mesh.publish(new Snapshot(1, Map.of("orders", ORDERS), Inbound.OPEN, null));
    discovery.published(List.of("orders"));
  }

  @Test
  void lookup_answerArrivesWhileWaiting_isReturned() throws Exception {
    HostDiscovery discovery = discovery(Duration.ofMinutes(1));
    discovery.connected();
    CompletableFuture<VirtualHost> found =
        CompletableFuture.supplyAsync(() -> discovery.lookup("orders"));
    while (subscribed.isEmpty()) {
      Thread.onSpinWait();
    }
    publishOrders(discovery);
    assertThat(found.get(10, TimeUnit.SECONDS)).isSameAs(ORDERS);
  }

  @Test
  void lookup_answerArrivesBeforeSubscribeReturns_isReturned() {
    AtomicReference<HostDiscovery> asked = new AtomicReference<>();
    HostDiscovery discovery = discovery(Duration.ofHours(1), host -> publishOrders(asked.get()));
    asked.set(discovery);
    discovery.connected();
    assertThat(discovery.lookup("orders")).isSameAs(ORDERS);
  }

  @Test
  void unreachable_whileAsking_letsTheCallGo() {
    AtomicReference<HostDiscovery> asked = new AtomicReference<>();
    HostDiscovery discovery = discovery(Duration.ofHours(1), host -> asked.get().unreachable());
    asked.set(discovery);
    discovery.connected();
    assertThat(discovery.lookup("orders")).isNull();
  }

  @Test
  void lookup_unknownHost_isRememberedAndNeverWaitedForAgain() {
    HostDiscovery discovery = discovery(Duration.ofHours(1));
    discovery.connected();
    discovery.unknown("example.com");
    assertThat(discovery.lookup("example.com")).isNull();
    assertThat(discovery.lookup("example.com")).isNull();
    assertThat(subscribed).isEmpty();
  }

  @Test
  void lookup_noAnswerInTime_waitsOnlyTheFirstTime() {
    HostDiscovery discovery = discovery(Duration.ofMillis(20));
    discovery.connected();
    assertThat(discovery.lookup("silent")).isNull();
    long start = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      assertThat(discovery.lookup("silent")).isNull();
    }
    // A thousand waits would be twenty seconds.
    assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(10).toNanos());
    assertThat(subscribed).containsExactly("silent");
  }

  @Test
  void lookup_appearsAfterNegativeAnswer_isFound() {
    HostDiscovery discovery = discovery(Duration.ofHours(1));
    discovery.connected();
    discovery.unknown("orders");
    assertThat(discovery.lookup("orders")).isNull();
    publishOrders(discovery);
    assertThat(discovery.lookup("orders")).isSameAs(ORDERS);
  }

  @Test
  void lookup_controllerUnreachable_returnsAtOnceButSubscribes() {
    HostDiscovery discovery = discovery(Duration.ofHours(1));
    discovery.unreachable();
    assertThat(discovery.lookup("orders")).isNull();
    assertThat(subscribed).containsExactly("orders");
  }

  @Test
  void lookup_windowPassedWithoutConnection_returnsAtOnce() {
    HostDiscovery discovery = discovery(Duration.ofHours(1));
    now.set(WINDOW + 1);
    assertThat(discovery.lookup("orders")).isNull();
  }

  @Test
  void unreachable_whileWaiting_letsTheCallGo() throws Exception {
    HostDiscovery discovery = discovery(Duration.ofHours(1));
    CompletableFuture<Boolean> nothing =
        CompletableFuture.supplyAsync(() -> discovery.lookup("orders") == null);
    while (subscribed.isEmpty()) {
      Thread.onSpinWait();
    }
    discovery.unreachable();
    assertThat(nothing.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void lookup_addressWhileNotAllMayBeCalled_isAskedUnlessItIsThisMachine() {
    HostDiscovery discovery = discovery(Duration.ofMillis(1));
    discovery.connected();
    discovery.asksForAddresses(true);
    for (String host :
        List.of("10.1.2.3:80", "[2001:db8::1]", "127.0.0.1:8080", "[::1]:1", "localhost")) {
      assertThat(discovery.lookup(host)).as(host).isNull();
    }
    assertThat(subscribed).containsExactly("10.1.2.3:80", "[2001:db8::1]");
  }

  @Test
  void lookup_addressOrLocalhost_isNeverAsked() {
    HostDiscovery discovery = discovery(Duration.ofHours(1));
    discovery.connected();
    for (String host :
        List.of(
            "localhost", "localhost:80", "127.0.0.1:8080", "[::1]:8080", "::1", "", "10.1.2.3")) {
      assertThat(discovery.lookup(host)).as(host).isNull();
    }
    assertThat(subscribed).isEmpty();
  }
}
