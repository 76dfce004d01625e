package io.endomesh.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.dataplane.FakeClock;
import io.endomesh.dataplane.fuzz.Fuzzing;
import io.endomesh.dataplane.fuzz.WireMutator;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A workload that was taken over reports of itself. Also a target of Jazzer. */
public class OtlpFuzzTest {

  private static final WorkloadIdentity ORDERS = new WorkloadIdentity("shop", "orders");
  private static final FakeClock CLOCK = new FakeClock(Instant.ofEpochSecond(1_000));
  private static final Rollups ROLLUPS =
      new Rollups(CLOCK, new CallTotals("endomesh.local", instance -> null));
  private static final Traces TRACES = new Traces();

  public static void fuzzerTestOneInput(byte[] input) {
    try {
      List<CallPoint> points = new ArrayList<>();
      for (ResourceMetrics metrics :
          ExportMetricsServiceRequest.parseFrom(input).getResourceMetricsList()) {
        new OtlpMetrics("endomesh.local").read(metrics, ORDERS, "orders-1", points);
      }
      ROLLUPS.add(points);
      ROLLUPS.edges();
      ROLLUPS.serviceSeries("shop/orders");
    } catch (InvalidProtocolBufferException refused) {
      // As the sender is told.
    }
    try {
      List<Span> spans = new ArrayList<>();
      for (ResourceSpans traces :
          ExportTraceServiceRequest.parseFrom(input).getResourceSpansList()) {
        new OtlpSpans("endomesh.local").read(traces, ORDERS, "orders-1", spans);
      }
      TRACES.add(spans);
      TRACES.recent(trace -> true, 10);
    } catch (InvalidProtocolBufferException refused) {
      // As the sender is told.
    }
    CLOCK.advance(Duration.ofMillis(300));
  }

  @Test
  void reports_mutated_breakAndGrowNothing() throws IOException {
    // In files, as Jazzer begins with them too.
    write("http.bin", report("http.client.request.duration", 3));
    write("rpc.bin", report("rpc.server.call.duration", -2));
    Fuzzing.run(
        Fuzzing.corpus("otlp"),
        new WireMutator("shop", "orders.shop", "503", "spiffe://endomesh.local/ns/shop/sa/a", "s"),
        3_000,
        OtlpFuzzTest::fuzzerTestOneInput);
    assertThat(ROLLUPS.edges()).isNotEmpty().hasSizeLessThan(600);
  }

  private static void write(String name, byte[] report) throws IOException {
    Path file = Path.of("src/test/resources/fuzz/otlp", name);
    if (Boolean.getBoolean("corpus.write")) {
      Files.write(file, report);
    }
    assertThat(file).hasBinaryContent(report);
  }

  private static byte[] report(String name, int scale) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .addScopeMetrics(
                    ScopeMetrics.newBuilder()
                        .addMetrics(
                            Metric.newBuilder()
                                .setName(name)
                                .setUnit("s")
                                .setExponentialHistogram(histogram(scale)))))
        .build()
        .toByteArray();
  }

  private static ExponentialHistogram histogram(int scale) {
    return ExponentialHistogram.newBuilder()
        .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
        .addDataPoints(
            ExponentialHistogramDataPoint.newBuilder()
                .addAttributes(attribute("endomesh.destination", "inventory.shop"))
                .addAttributes(attribute("http.response.status_code", "503"))
                .addAttributes(attribute("endomesh.policy", "AuthorizationPolicy/shop/a"))
                .setStartTimeUnixNano(990_000_000_000L)
                .setTimeUnixNano(1_000_000_000_000L)
                .setCount(7)
                .setScale(scale)
                .setPositive(
                    ExponentialHistogramDataPoint.Buckets.newBuilder()
                        .setOffset(-10)
                        .addBucketCounts(4)
                        .addBucketCounts(3)))
        .build();
  }

  private static KeyValue attribute(String name, String value) {
    return KeyValue.newBuilder()
        .setKey(name)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }
}
