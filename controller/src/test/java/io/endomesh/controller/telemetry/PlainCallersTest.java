package io.endomesh.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlainCallersTest {

  private final PlainCallers callers = new PlainCallers();

  private static Span served(String address, String path, long second, String... more) {
    Map<String, String> attributes =
        new java.util.HashMap<>(
            Map.of("http.request.method", "GET", "url.path", path, "client.address", address));
    for (int i = 0; i < more.length; i += 2) {
      attributes.put(more[i], more[i + 1]);
    }
    long nanos = second * 1_000_000_000L;
    return new Span(
        "t",
        "s",
        null,
        "shop/orders",
        "orders-1",
        "GET",
        "SERVER",
        nanos,
        nanos,
        false,
        "",
        null,
        null,
        attributes);
  }

  @Test
  void caller_withoutIdentity_isKnownByAddressAndLastCall() {
    callers.add(List.of(served("10.0.0.5", "/a", 1), served("10.0.0.6", "/b", 2)));
    callers.add(List.of(served("10.0.0.5", "/c", 3)));

    assertThat(callers.of("shop/orders"))
        .containsExactly(
            new PlainCallers.Caller("10.0.0.5", "GET /c", 2, Instant.ofEpochSecond(3)),
            new PlainCallers.Caller("10.0.0.6", "GET /b", 1, Instant.ofEpochSecond(2)));
    assertThat(callers.of("shop/web")).isEmpty();
  }

  @Test
  void caller_whoProvedAnIdentity_isNone() {
    callers.add(
        List.of(served("10.0.0.5", "/a", 1, "endomesh.caller", "spiffe://td/ns/shop/sa/web")));

    assertThat(callers.of("shop/orders")).isEmpty();
  }

  @Test
  void callers_withoutEnd_growNothing() {
    for (int i = 0; i < 1_000; i++) {
      callers.add(List.of(served("10.0.0." + i, "/" + "x".repeat(10_000), i)));
    }
    callers.add(List.of(served("y".repeat(1_000), "/", 1_001)));

    assertThat(callers.of("shop/orders"))
        .hasSize(100)
        .allSatisfy(caller -> assertThat(caller.operation()).hasSizeLessThan(300));
    assertThat(callers.of("shop/orders").get(0).address()).isEqualTo("10.0.0.999");
  }
}
