package io.endomesh.controller.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.telemetry.Span;
import io.endomesh.controller.telemetry.Trace;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CauseJsonTest {

  private static final Instant NOW = Instant.parse("2026-11-27T10:00:00Z");

  @Test
  void of_errorsOfTheServer_areBySort_withWhereAndWho() {
    ObjectNode causes =
        causes(
            trace("1", call("shop/web", "503"), server("orders-1", "503")),
            trace("2", call("shop/web", "503"), server("orders-1", "503")),
            trace("3", call("shop/app", "java.io.IOException"), server("orders-2", "500")),
            trace("4", call("shop/web", null), server("orders-2", null)));

    assertThat(causes.get("traces").asInt()).isEqualTo(3);
    assertThat(causes.get("kinds")).hasSize(2);
    assertThat(causes.at("/kinds/0/kind").asText()).isEqualTo("503");
    assertThat(causes.at("/kinds/0/count").asInt()).isEqualTo(2);
    assertThat(causes.at("/kinds/0/instances").toString())
        .isEqualTo("[{\"name\":\"orders-1\",\"count\":2}]");
    assertThat(causes.at("/kinds/0/callers/0/name").asText()).isEqualTo("shop/web");
    assertThat(causes.at("/kinds/1/kind").asText()).isEqualTo("500");
    assertThat(causes.at("/kinds/1/traceId").asText()).isEqualTo("3");
  }

  @Test
  void of_callsThatReachedNoServer_areWhatTheCallerSays_andWhatDecided() {
    Span aborted = span("c", null, "shop/web", "CLIENT", "503", "FaultTest/shop/1");

    ObjectNode causes = causes(new Trace("1", List.of(aborted)));

    assertThat(causes.at("/kinds/0/decidedBy").asText()).isEqualTo("FaultTest/shop/1");
    assertThat(causes.at("/kinds/0/callers/0/name").asText()).isEqualTo("shop/web");
    assertThat(causes.at("/kinds/0/instances")).isEmpty();
  }

  @Test
  void of_whatIsOld_orOfAnother_isLeftOut() {
    Instant old = NOW.minusSeconds(301);
    Span before =
        new Span(
            "1",
            "s",
            null,
            "shop/orders",
            "orders-1",
            "GET",
            "SERVER",
            nanos(old),
            nanos(old),
            true,
            "",
            null,
            null,
            Map.of("error.type", "500"));

    assertThat(causes(new Trace("1", List.of(before))).get("kinds")).isEmpty();
    assertThat(
            new CauseJson(all(trace("2", call("shop/web", "503"))), clock())
                .of("shop/carts")
                .get("kinds"))
        .isEmpty();
  }

  private static ObjectNode causes(Trace... traces) {
    return new CauseJson(all(traces), clock()).of("shop/orders");
  }

  private static Function<Predicate<Trace>, List<Trace>> all(Trace... traces) {
    return wanted -> List.of(traces).stream().filter(wanted).toList();
  }

  private static Clock clock() {
    return Clock.fixed(NOW, ZoneOffset.UTC);
  }

  private static Trace trace(String id, Span... spans) {
    return new Trace(
        id,
        List.of(spans).stream()
            .map(
                span ->
                    new Span(
                        id,
                        span.spanId(),
                        span.parentSpanId(),
                        span.service(),
                        span.instance(),
                        span.name(),
                        span.kind(),
                        span.startNanos(),
                        span.endNanos(),
                        span.error(),
                        "",
                        null,
                        null,
                        span.attributes()))
            .toList());
  }

  private static Span call(String service, @Nullable String error) {
    return span("c", null, service, "CLIENT", error, null);
  }

  private static Span server(String instance, @Nullable String error) {
    Span span = span("s", "c", "shop/orders", "SERVER", error, null);
    return new Span(
        span.traceId(),
        "s",
        "c",
        span.service(),
        instance,
        span.name(),
        "SERVER",
        span.startNanos(),
        span.endNanos(),
        span.error(),
        "",
        null,
        null,
        span.attributes());
  }

  private static Span span(
      String id,
      @Nullable String parent,
      String service,
      String kind,
      @Nullable String error,
      @Nullable String policy) {
    Map<String, String> attributes = new HashMap<>();
    attributes.put("endomesh.destination", "orders.shop");
    if (error != null) {
      attributes.put("error.type", error);
    }
    if (policy != null) {
      attributes.put("endomesh.policy", policy);
    }
    long at = nanos(NOW.minusSeconds(10));
    return new Span(
        "1",
        id,
        parent,
        service,
        service + "-1",
        "GET",
        kind,
        at,
        at + 1_000,
        error != null,
        "",
        null,
        null,
        attributes);
  }

  private static long nanos(Instant at) {
    return at.toEpochMilli() * 1_000_000;
  }
}
