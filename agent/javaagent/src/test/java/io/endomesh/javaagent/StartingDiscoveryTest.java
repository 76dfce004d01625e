package io.endomesh.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.AgentThread;
import io.endomesh.dataplane.Discovery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartingDiscoveryTest {

  private final List<String> asked = new ArrayList<>();
  private final Discovery real =
      authority -> {
        asked.add(authority);
        return null;
      };

  @Test
  void lookup_beforeTheConnection_waitsAndThenAsksIt() throws Exception {
    StartingDiscovery discovery = new StartingDiscovery(Duration.ofMinutes(1));
    CompletableFuture<Object> lookup =
        CompletableFuture.supplyAsync(() -> String.valueOf(discovery.lookup("orders")));

    discovery.handOver(real);

    lookup.get(30, TimeUnit.SECONDS);
    assertThat(asked).containsExactly("orders");
  }

  @Test
  void lookup_timeIsOver_goesOnWithoutTheMesh() {
    StartingDiscovery discovery = new StartingDiscovery(Duration.ZERO);

    assertThat(discovery.lookup("orders")).isNull();
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:8080", "10.1.2.3", "[::1]:80", "localhost", "localhost:80"})
  void lookup_address_neverWaits(String authority) {
    StartingDiscovery discovery = new StartingDiscovery(Duration.ofDays(1));

    assertThat(discovery.lookup(authority)).isNull();
  }

  @Test
  void lookup_addressOnceConnected_isTheConnectionsToDecide() {
    StartingDiscovery discovery = new StartingDiscovery(Duration.ofDays(1));
    discovery.handOver(real);

    assertThat(discovery.lookup("10.1.2.3:80")).isNull();
    assertThat(asked).containsExactly("10.1.2.3:80");
  }

  @Test
  void lookup_onAgentThread_neverWaits() throws InterruptedException {
    StartingDiscovery discovery = new StartingDiscovery(Duration.ofDays(1));
    Thread thread = new AgentThread(() -> discovery.lookup("controller"), "test");
    thread.start();
    thread.join();

    assertThat(asked).isEmpty();
  }

  @Test
  void lookup_interrupted_keepsTheInterrupt() {
    StartingDiscovery discovery = new StartingDiscovery(Duration.ofDays(1));
    Thread.currentThread().interrupt();

    assertThat(discovery.lookup("orders")).isNull();
    assertThat(Thread.interrupted()).isTrue();
  }
}
