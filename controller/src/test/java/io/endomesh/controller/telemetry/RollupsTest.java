package io.endomesh.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.dataplane.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RollupsTest {

  private static final WorkloadIdentity ORDERS = new WorkloadIdentity("shop", "orders");

  private static final long SECOND = 1_000_000_000L;

  private static final Reported REPORTED =
      new Reported("rpc.client.call.duration", new Attributes(Map.of()));

  private final FakeClock clock = new FakeClock(Instant.ofEpochSecond(1_000));
  private final Rollups rollups =
      new Rollups(clock, new CallTotals("endomesh.local", instance -> null));

  /** {@code count} calls of about 1 ms: bucket -10 of scale 0 is (2^-10 s, 2^-9 s]. */
  private static HistogramPoint calls(long startSecond, long endSecond, long count) {
    return new HistogramPoint(
        startSecond * SECOND, endSecond * SECOND, count, 0, 0, -10, new long[] {count});
  }

  private static CallPoint client(String instance, HistogramPoint histogram) {
    return point(instance, CallPoint.Side.CLIENT, "shop/inventory", true, false, null, histogram);
  }

  private static CallPoint point(
      String instance,
      CallPoint.Side side,
      String peer,
      boolean secure,
      boolean error,
      @Nullable String policy,
      HistogramPoint histogram) {
    return new CallPoint(
        ORDERS,
        instance,
        side,
        "grpc",
        peer,
        "outbound|9090||inventory.shop",
        secure,
        true,
        true,
        error,
        policy,
        null,
        null,
        instance + side + peer + secure + error + policy + histogram.startNanos(),
        true,
        histogram,
        REPORTED);
  }

  private Edge edge() {
    return rollups.edges().get(0);
  }

  @Test
  void add_growingSums_countsEachCallOnce() {
    rollups.add(List.of(client("orders-1", calls(990, 1000, 100))));
    rollups.add(List.of(client("orders-1", calls(990, 1001, 250))));
    rollups.add(List.of(client("orders-1", calls(990, 1002, 250))));

    assertThat(edge().stats().requestsTotal()).isEqualTo(250);
    assertThat(edge().clusters().get(0).requestsTotal()).isEqualTo(250);
    assertThat(edge().mtls()).isEqualTo("all");
  }

  /** Attempts of calls that were retried: of {@code orders-1}, all to the same cluster. */
  private static CallPoint attempts(boolean first, boolean error, long count) {
    return new CallPoint(
        ORDERS,
        "orders-1",
        CallPoint.Side.CLIENT,
        "grpc",
        "shop/inventory",
        "outbound|9090||inventory.shop",
        true,
        first,
        true,
        error,
        null,
        null,
        null,
        "orders-1" + first + error,
        true,
        calls(999, 1000, count),
        REPORTED);
  }

  @Test
  void add_retriedCalls_areCountedAsCallsAndTheirRetriesApart() {
    // 50 calls: 40 went well at once, 8 at the second attempt, 2 failed at both.
    rollups.add(List.of(attempts(true, false, 40 + 10)));
    rollups.add(List.of(attempts(false, false, 8), attempts(false, true, 2)));
    clock.advance(Duration.ofSeconds(2));

    Stats stats = edge().stats();
    assertThat(stats.requestsTotal()).isEqualTo(50);
    assertThat(stats.retriesTotal()).isEqualTo(10);
    assertThat(stats.errorsTotal()).isEqualTo(2);
    assertThat(stats.errorRatio()).isCloseTo(0.04, within(0.001));
    assertThat(stats.requestsPerSecond()).isEqualTo(5 * stats.retriesPerSecond());
    assertThat(edge().clusters().get(0).requestsTotal()).isEqualTo(50);
    assertThat(edge().mtls()).isEqualTo("all");
  }

  @Test
  void add_restartedProcess_addsToWhatWas() {
    rollups.add(List.of(client("orders-1", calls(990, 1000, 100))));
    rollups.add(List.of(client("orders-2", calls(1001, 1002, 7))));
    rollups.add(List.of(client("orders-1", calls(1003, 1004, 5))));

    assertThat(edge().stats().requestsTotal()).isEqualTo(112);
  }

  @Test
  void add_overtakenReport_countsNothingTwice() {
    rollups.add(List.of(client("orders-1", calls(990, 1002, 250))));
    rollups.add(List.of(client("orders-1", calls(990, 1001, 200))));
    rollups.add(List.of(client("orders-1", calls(990, 1003, 260))));

    assertThat(edge().stats().requestsTotal()).isEqualTo(260);
  }

  @Test
  void add_sumsThatShrink_areANewBeginning() {
    rollups.add(List.of(client("orders-1", calls(990, 1000, 100))));
    rollups.add(List.of(client("orders-1", calls(990, 1001, 30))));

    assertThat(edge().stats().requestsTotal()).isEqualTo(130);
  }

  @Test
  void add_processThatWasCutOffForLong_countsNothingTwice() {
    rollups.add(List.of(client("orders-1", calls(990, 1000, 100))));
    for (int quarter = 0; quarter < 3; quarter++) {
      clock.advance(Duration.ofMinutes(16));
      rollups.add(List.of(client("orders-2", calls(990, 2000 + quarter, 7))));
    }

    rollups.add(List.of(client("orders-1", calls(990, 4000, 130))));

    assertThat(edge().stats().requestsTotal()).isEqualTo(130 + 7);
    assertThat(edge().clusters().get(0).requestsTotal()).isEqualTo(130 + 7);
  }

  @Test
  void stats_steadyLoad_givesRateAndPercentiles() {
    for (int second = 0; second < 20; second++) {
      rollups.add(List.of(client("orders-1", calls(1000, 1001 + second, 50L * (second + 1)))));
      clock.advance(Duration.ofSeconds(1));
    }

    Stats stats = edge().stats();

    assertThat(stats.requestsTotal()).isEqualTo(1000);
    assertThat(stats.requestsPerSecond()).isCloseTo(50, within(0.5));
    assertThat(stats.errorRatio()).isZero();
    assertThat(stats.p50Millis()).isCloseTo(1.38, within(0.02));
    assertThat(stats.p99Millis()).isCloseTo(1.38, within(0.02));
  }

  @Test
  void stats_longAfterTheLastCall_keepsTotalsAndKnowsNoRatio() {
    rollups.add(List.of(client("orders-1", calls(999, 1000, 100))));
    clock.advance(Duration.ofMinutes(1));

    Stats stats = edge().stats();

    assertThat(stats.requestsTotal()).isEqualTo(100);
    assertThat(stats.requestsPerSecond()).isZero();
    assertThat(stats.errorRatio()).isNull();
    assertThat(stats.p99Millis()).isNull();
  }

  @Test
  void add_oldSumsAfterAControllerRestart_countInTotalsNotInRates() {
    rollups.add(List.of(client("orders-1", calls(100, 1000, 1_000_000))));
    clock.advance(Duration.ofSeconds(1));

    assertThat(edge().stats().requestsTotal()).isEqualTo(1_000_000);
    assertThat(edge().stats().requestsPerSecond()).isZero();
  }

  @Test
  void clusters_callsOfAllCallers_areAddedUp_butNotThoseBeforeAStart() {
    rollups.add(List.of(client("orders-1", calls(100, 1000, 1_000_000))));
    clock.advance(Duration.ofSeconds(1));
    rollups.add(
        List.of(
            client("orders-1", calls(100, 1001, 1_000_005)),
            point(
                "orders-2",
                CallPoint.Side.CLIENT,
                "shop/inventory",
                true,
                true,
                null,
                calls(1000, 1001, 3)),
            point(
                "orders-3",
                CallPoint.Side.SERVER,
                "shop/inventory",
                true,
                true,
                null,
                calls(1000, 1001, 7))));

    assertThat(rollups.clusters(name -> name.endsWith("inventory.shop")))
        .extracting(ClusterStats::watchedRequests, ClusterStats::watchedErrors)
        .containsExactly(tuple(8L, 3L));
    assertThat(rollups.clusters(name -> name.endsWith("other.shop"))).isEmpty();
  }

  @Test
  void edges_errorsAndRefusals_areToldApart() {
    rollups.add(
        List.of(
            point(
                "orders-1",
                CallPoint.Side.SERVER,
                "shop/storefront",
                true,
                true,
                null,
                calls(999, 1000, 3)),
            point(
                "orders-1",
                CallPoint.Side.SERVER,
                "shop/storefront",
                true,
                false,
                "AuthorizationPolicy/shop/p",
                calls(999, 1000, 4))));

    assertThat(edge().stats().requestsTotal()).isEqualTo(7);
    assertThat(edge().stats().errorsTotal()).isEqualTo(3);
    assertThat(edge().stats().refusedTotal()).isEqualTo(4);
    assertThat(rollups.refusalsByPolicy())
        .containsExactly(
            new Rollups.PolicyRefusals(
                Refusal.Effect.REFUSED,
                "AuthorizationPolicy/shop/p",
                "shop/storefront",
                "shop/orders",
                4,
                clock.instant()));
  }

  @Test
  void observed_dryRunsAndAudits_areCountedApartFromRefusals() {
    CallPoint calls =
        point("orders-1", CallPoint.Side.SERVER, "shop/a", true, false, null, calls(999, 1000, 4));
    rollups.add(
        List.of(
            new CallPoint(
                calls.reporter(),
                calls.instance(),
                calls.side(),
                calls.protocol(),
                calls.peer(),
                null,
                true,
                true,
                true,
                false,
                null,
                "AuthorizationPolicy/shop/dry",
                "AuthorizationPolicy/shop/audit",
                "s",
                true,
                calls.histogram(),
                REPORTED)));

    assertThat(rollups.refusalsByPolicy()).isEmpty();
    assertThat(edge().stats().refusedTotal()).isZero();
    assertThat(rollups.observedByPolicy())
        .containsExactlyInAnyOrder(
            new Rollups.PolicyRefusals(
                Refusal.Effect.WOULD_REFUSE,
                "AuthorizationPolicy/shop/dry",
                "shop/a",
                "shop/orders",
                4,
                clock.instant()),
            new Rollups.PolicyRefusals(
                Refusal.Effect.AUDITED,
                "AuthorizationPolicy/shop/audit",
                "shop/a",
                "shop/orders",
                4,
                clock.instant()));
  }

  @Test
  void edges_callerWithoutIdentity_isOutside() {
    rollups.add(
        List.of(
            point(
                "orders-1",
                CallPoint.Side.SERVER,
                GraphNodes.OUTSIDE,
                false,
                false,
                null,
                calls(999, 1000, 9))));

    assertThat(edge().id()).isEqualTo("outside>shop/orders:grpc");
    assertThat(edge().mtls()).isEqualTo("none");
    assertThat(rollups.inbound("shop/orders").requestsTotal()).isEqualTo(9);
    assertThat(rollups.instance("orders-1").requestsTotal()).isEqualTo(9);
  }

  @Test
  void plaintext_ofCallersOutsideAndInside_isToldApartAndWithItsTime() {
    // Nine calls came in plaintext, of which web has reported four itself.
    WorkloadIdentity web = new WorkloadIdentity("shop", "web");
    CallPoint inside =
        new CallPoint(
            web,
            "web-1",
            CallPoint.Side.CLIENT,
            "grpc",
            "shop/orders",
            null,
            false,
            true,
            true,
            false,
            null,
            null,
            null,
            "web-1",
            true,
            calls(990, 1000, 4),
            REPORTED);
    CallPoint.Side server = CallPoint.Side.SERVER;
    rollups.add(
        List.of(
            inside,
            point("o", server, GraphNodes.OUTSIDE, false, false, null, calls(990, 1000, 9)),
            point("o", server, "shop/cart", true, false, null, calls(990, 1000, 30))));
    // Those of the last seconds may be reported by their callers yet.
    clock.advance(Duration.ofMinutes(1));

    assertThat(rollups.plaintext())
        .extracting(Plaintext::source, Plaintext::destination, Plaintext::total, Plaintext::lastAt)
        .containsExactlyInAnyOrder(
            tuple("shop/web", "shop/orders", 4L, Instant.ofEpochSecond(1_000)),
            tuple(GraphNodes.OUTSIDE, "shop/orders", 5L, Instant.ofEpochSecond(1_000)));
  }

  @Test
  void plaintext_thatItsCallersReported_isNobodyOutside() {
    CallPoint.Side server = CallPoint.Side.SERVER;
    rollups.add(
        List.of(
            point("o", CallPoint.Side.CLIENT, "shop/orders", false, false, null, calls(9, 10, 9)),
            point("o", server, GraphNodes.OUTSIDE, false, false, null, calls(9, 10, 9))));

    assertThat(rollups.plaintext()).extracting(Plaintext::source).containsExactly("shop/orders");
  }

  @Test
  void since_coarserScale_comparesTheSameBuckets() {
    HistogramPoint fine = new HistogramPoint(0, SECOND, 6, 0, 1, -4, new long[] {1, 2, 0, 3});
    HistogramPoint coarse = new HistogramPoint(0, 2 * SECOND, 10, 0, 0, -2, new long[] {5, 5});

    HistogramPoint difference = coarse.since(fine);

    assertThat(difference.count()).isEqualTo(4);
    assertThat(difference.scale()).isZero();
    assertThat(difference.buckets()).containsExactly(2, 2);
  }

  @Test
  void traces_fullMemory_dropTheOldest() {
    Traces traces = new Traces(2_000);
    for (int i = 0; i < 20; i++) {
      traces.add(List.of(span("trace" + i, "a", null), span("trace" + i, "b", "a")));
    }

    assertThat(traces.find("trace0")).isEmpty();
    assertThat(traces.find("trace19").orElseThrow().spans()).hasSize(2);
    assertThat(traces.evictedTotal()).isPositive();
  }

  @Test
  void trace_spansInAnyOrder_parentsComeFirst() {
    Trace trace =
        new Trace("t", List.of(span("t", "c", "b"), span("t", "b", "a"), span("t", "a", null)));

    assertThat(trace.spans()).extracting(Span::spanId).containsExactly("a", "b", "c");
    assertThat(trace.root().spanId()).isEqualTo("a");
  }

  @Test
  void trace_firstSpanNotYetHere_hasBegunOnlyWhenNobodySendsItAnyMore() {
    Trace arriving = new Trace("t", List.of(span("t", "b", "a")));
    Instant ended = Instant.ofEpochSecond(1);
    assertThat(arriving.begun(ended.plusMillis(2_999))).isFalse();
    assertThat(arriving.begun(ended.plusMillis(3_000))).isTrue();

    assertThat(new Trace("t", List.of(span("t", "b", "a"), span("t", "a", null))).begun(ended))
        .isTrue();
  }

  private static Span span(String trace, String id, @Nullable String parent) {
    return new Span(
        trace,
        id,
        parent,
        "shop/orders",
        "orders-1",
        "GET /",
        "SERVER",
        0,
        SECOND,
        false,
        "",
        null,
        null,
        Map.of());
  }

  @Test
  void operation_ofHttp_isMethodAndPathWithoutQuery() {
    assertThat(
            CallAttributes.operation("GET", Map.of("http.request.method", "GET", "url.path", "/a")))
        .isEqualTo("GET /a");
    assertThat(
            CallAttributes.operation(
                "GET",
                Map.of("http.request.method", "GET", "url.full", "http://orders:80/a/b?secret=1")))
        .isEqualTo("GET /a/b");
    assertThat(
            CallAttributes.operation(
                "GET", Map.of("http.request.method", "GET", "url.full", "http://orders")))
        .isEqualTo("GET");
    assertThat(CallAttributes.operation("shop.Orders/Find", Map.of("url.full", "nonsense")))
        .isEqualTo("shop.Orders/Find");
  }

  @Test
  void add_namesWithoutEnd_growNothing() {
    for (int i = 0; i < 30_000; i++) {
      HistogramPoint once = calls(990, 1000, 1);
      rollups.add(
          List.of(
              point("i", CallPoint.Side.CLIENT, "shop/x" + i, true, false, null, once),
              point("j" + i, CallPoint.Side.SERVER, "shop/y", true, false, "policy" + i, once)));
    }
    rollups.add(List.of(client("x".repeat(100_000), calls(990, 1000, 1))));

    assertThat(rollups.edges()).hasSizeLessThan(600);
    assertThat(rollups.edges())
        .extracting(Edge::destination)
        .contains("external:others", "shop/x0")
        .allSatisfy(name -> assertThat(name).hasSizeLessThan(700));
    assertThat(rollups.refusalsByPolicy()).hasSizeLessThanOrEqualTo(2_000);
    assertThat(rollups.pointsTotal()).isEqualTo(10_000);

    // Who reports truly is not kept out by it.
    WorkloadIdentity other = new WorkloadIdentity("shop", "inventory");
    rollups.add(
        List.of(
            new CallPoint(
                other,
                "inventory-1",
                CallPoint.Side.CLIENT,
                "http",
                "shop/pricing",
                null,
                true,
                true,
                true,
                false,
                null,
                null,
                null,
                "inventory-1",
                true,
                calls(990, 1000, 7),
                REPORTED)));
    assertThat(rollups.outbound("shop/inventory").requestsTotal()).isEqualTo(7);
  }
}
