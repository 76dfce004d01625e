package io.endomesh.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.dataplane.FakeClock;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What agents report, as Prometheus is told. */
class CallTotalsTest {

  private static final WorkloadIdentity ORDERS = new WorkloadIdentity("shop", "orders");

  private static final long SECOND = 1_000_000_000L;

  private final FakeClock clock = new FakeClock(Instant.ofEpochSecond(1_000));
  private final CallTotals totals =
      new CallTotals("endomesh.local", instance -> instance.endsWith("-2") ? "v2" : null);
  private final Rollups rollups = new Rollups(clock, totals);

  /** {@code count} calls of about 1.4 ms in all, since {@code start}. */
  private void report(
      String instance, String metric, long start, long end, long count, Map<String, String> what) {
    report(ORDERS, instance, metric, start, end, count, what);
  }

  private void report(
      WorkloadIdentity reporter,
      String instance,
      String metric,
      long start,
      long end,
      long count,
      Map<String, String> what) {
    ExponentialHistogramDataPoint.Builder point =
        ExponentialHistogramDataPoint.newBuilder()
            .setStartTimeUnixNano(start * SECOND)
            .setTimeUnixNano(end * SECOND)
            .setCount(count)
            .setSum(count * 0.0015)
            .setPositive(
                ExponentialHistogramDataPoint.Buckets.newBuilder()
                    .setOffset(-10)
                    .addBucketCounts(count));
    what.forEach(
        (name, value) ->
            point.addAttributes(
                KeyValue.newBuilder()
                    .setKey(name)
                    .setValue(AnyValue.newBuilder().setStringValue(value))));
    ResourceMetrics metrics =
        ResourceMetrics.newBuilder()
            .addScopeMetrics(
                ScopeMetrics.newBuilder()
                    .addMetrics(
                        Metric.newBuilder()
                            .setName(metric)
                            .setUnit("s")
                            .setExponentialHistogram(
                                ExponentialHistogram.newBuilder()
                                    .setAggregationTemporality(
                                        AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
                                    .addDataPoints(point))))
            .build();
    List<CallPoint> points = new ArrayList<>();
    assertThat(new OtlpMetrics("endomesh.local").read(metrics, reporter, instance, points))
        .isZero();
    rollups.add(points);
  }

  private static final Map<String, String> TO_INVENTORY =
      Map.of(
          "http.request.method",
          "GET",
          "http.response.status_code",
          "200",
          "server.address",
          "inventory",
          "endomesh.destination",
          "inventory.shop",
          "endomesh.cluster",
          "outbound|8080|canary|inventory-v2.shop",
          "endomesh.tls",
          "true");

  @Test
  void add_callsOfAClient_areToldByBothNames() {
    report("orders-1", "http.client.request.duration", 1000, 1000, 4, TO_INVENTORY);
    report("orders-2", "http.client.request.duration", 1000, 1001, 3, TO_INVENTORY);
    report("orders-1", "http.client.request.duration", 1000, 1002, 9, TO_INVENTORY);

    List<CallTotals.Total> calls = totals.totals(CallMetric.HTTP_CLIENT);
    assertThat(calls)
        .extracting(CallTotals.Total::labels)
        .containsExactly(
            "service_namespace=\"shop\",service_name=\"orders\",http_request_method=\"GET\","
                + "http_response_status_code=\"200\",endomesh_destination=\"inventory.shop\","
                + "endomesh_cluster=\"outbound|8080|canary|inventory-v2.shop\","
                + "endomesh_tls=\"true\"");
    // A process that is new to this controller and older than it began before.
    assertThat(calls.get(0).count()).isEqualTo(9);
    assertThat(calls.get(0).sumSeconds()).isCloseTo(9 * 0.0015, within(1e-9));
    // 1.4 ms: more than 1, less than 5.
    assertThat(calls.get(0).buckets()).containsExactly(0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9);
    assertThat(totals.istio())
        .extracting(CallTotals.Total::labels)
        .containsExactly(
            "reporter=\"source\",source_workload=\"orders\",source_workload_namespace=\"shop\","
                + "source_principal=\"spiffe://endomesh.local/ns/shop/sa/orders\","
                + "source_app=\"orders\",source_version=\"unknown\",source_cluster=\"unknown\","
                + "source_canonical_service=\"orders\",source_canonical_revision=\"latest\","
                + "destination_workload=\"inventory-v2\","
                + "destination_workload_namespace=\"shop\","
                + "destination_principal=\"spiffe://endomesh.local/ns/shop/sa/inventory-v2\","
                + "destination_app=\"inventory-v2\",destination_version=\"canary\","
                + "destination_cluster=\"unknown\","
                + "destination_canonical_service=\"inventory-v2\","
                + "destination_canonical_revision=\"canary\","
                + "destination_service=\"inventory-v2.shop.svc.cluster.local\","
                + "destination_service_name=\"inventory-v2\","
                + "destination_service_namespace=\"shop\",request_protocol=\"http\","
                + "response_code=\"200\",response_flags=\"-\","
                + "connection_security_policy=\"unknown\"");
  }

  @Test
  void add_callsOfAServer_tellCallerVersionAndGrpcStatus() {
    clock.advance(Duration.ofSeconds(60));
    report(
        "orders-2",
        "rpc.server.call.duration",
        1050,
        1060,
        2,
        Map.of(
            "rpc.method",
            "shop.Orders/Get",
            "rpc.response.status_code",
            "RESOURCE_EXHAUSTED",
            "endomesh.caller",
            "spiffe://endomesh.local/ns/web/sa/storefront",
            "endomesh.policy",
            "RateLimitPolicy/shop/orders"));

    assertThat(totals.totals(CallMetric.RPC_SERVER))
        .extracting(CallTotals.Total::labels)
        .containsExactly(
            "service_namespace=\"shop\",service_name=\"orders\",service_version=\"v2\","
                + "rpc_method=\"shop.Orders/Get\","
                + "rpc_response_status_code=\"RESOURCE_EXHAUSTED\","
                + "endomesh_caller=\"spiffe://endomesh.local/ns/web/sa/storefront\","
                + "endomesh_policy=\"RateLimitPolicy/shop/orders\"");
    assertThat(totals.istio()).hasSize(1);
    assertThat(totals.istio().get(0).labels())
        .contains("reporter=\"destination\"", "source_workload=\"storefront\"")
        .contains("source_workload_namespace=\"web\"", "destination_version=\"v2\"")
        .contains("response_code=\"200\",grpc_response_status=\"8\",response_flags=\"RL\"")
        .contains("connection_security_policy=\"mutual_tls\"");
  }

  @Test
  void add_attemptThatWasRepeated_isNoRequestOfIstio() {
    Map<String, String> repeated =
        Map.of(
            "http.request.method",
            "GET",
            "error.type",
            "java.net.ConnectException",
            "endomesh.destination",
            "inventory.shop",
            "endomesh.retried",
            "true");
    report("orders-1", "http.client.request.duration", 1000, 1000, 4, repeated);

    assertThat(totals.totals(CallMetric.HTTP_CLIENT).get(0).count()).isEqualTo(4);
    assertThat(totals.istio()).isEmpty();
  }

  @Test
  void add_statements_areToldByOpenTelemetrysNameOnly() {
    report(
        "orders-1",
        "db.client.operation.duration",
        1000,
        1000,
        5,
        Map.of(
            "db.system.name", "postgresql", "db.operation.name", "SELECT", "server.address", "db"));

    assertThat(totals.totals(CallMetric.DATABASE).get(0).labels())
        .endsWith(
            "db_system_name=\"postgresql\",db_operation_name=\"SELECT\",server_address=\"db\"");
    assertThat(totals.istio()).isEmpty();
  }

  @Test
  void add_sumsOfTheTimeBeforeTheController_areNotCalls() {
    report("orders-1", "http.client.request.duration", 400, 1000, 1_000_000, TO_INVENTORY);
    clock.advance(Duration.ofSeconds(1));
    report("orders-1", "http.client.request.duration", 400, 1001, 1_000_003, TO_INVENTORY);
    // What it has not reported before it has not done before.
    report(
        "orders-1",
        "rpc.client.call.duration",
        400,
        1002,
        7,
        Map.of("rpc.method", "a/b", "endomesh.destination", "inventory.shop"));

    assertThat(totals.totals(CallMetric.HTTP_CLIENT).get(0).count()).isEqualTo(3);
    assertThat(totals.totals(CallMetric.RPC_CLIENT).get(0).count()).isEqualTo(7);
    assertThat(rollups.edges().get(1).stats().requestsTotal()).isEqualTo(1_000_003);
  }

  @Test
  void add_labelsWithoutEnd_comeTogetherAndLeaveRoomForOthers() {
    for (int i = 0; i < 3_000; i++) {
      report(
          "orders-1",
          "rpc.client.call.duration",
          1000,
          1000,
          1,
          Map.of("rpc.method", "m" + i, "endomesh.destination", "inventory.shop"));
    }
    WorkloadIdentity other = new WorkloadIdentity("shop", "inventory");
    report(other, "i-1", "http.client.request.duration", 1000, 1000, 2, TO_INVENTORY);

    List<CallTotals.Total> calls = totals.totals(CallMetric.RPC_CLIENT);
    assertThat(calls).hasSize(1_001);
    assertThat(calls.stream().mapToLong(CallTotals.Total::count).sum()).isEqualTo(3_000);
    assertThat(calls.get(1_000).labels())
        .isEqualTo(
            "service_namespace=\"shop\",service_name=\"orders\",otel_metric_overflow=\"true\"");
    assertThat(totals.overflown()).isEqualTo(2_000);
    assertThat(totals.totals(CallMetric.HTTP_CLIENT)).hasSize(1);
    // Istio has no labels of methods.
    assertThat(totals.istio()).hasSize(2);
  }

  @Test
  void add_fullAndIdle_makesRoom() {
    for (int i = 0; i < 1_000; i++) {
      report("o", "rpc.client.call.duration", 1000, 1000, 1, Map.of("rpc.method", "m" + i));
    }
    clock.advance(Duration.ofHours(2));
    report("o", "rpc.client.call.duration", 1000, 1001, 1, Map.of("rpc.method", "new"));

    assertThat(totals.totals(CallMetric.RPC_CLIENT)).hasSize(1);
    assertThat(totals.overflown()).isZero();
  }

  @Test
  void labels_hostileText_staysOneLabel() {
    report(
        "orders-1",
        "http.client.request.duration",
        1000,
        1000,
        1,
        Map.of("error.type", "a\"} 1\nb\\\ud800", "endomesh.destination", "inventory.shop"));

    assertThat(totals.totals(CallMetric.HTTP_CLIENT).get(0).labels())
        .contains("error_type=\"a\\\"} 1\\nb\\\\?\"");
  }
}
