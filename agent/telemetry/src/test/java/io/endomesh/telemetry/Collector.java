package io.endomesh.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * An OTLP endpoint in memory: takes the bytes and reads them with OpenTelemetry's own protobufs.
 */
final class Collector implements OtlpSender {

  private static final long PATIENCE_SECONDS = 30;

  final BlockingQueue<ExportMetricsServiceRequest> metrics = new LinkedBlockingQueue<>();
  final BlockingQueue<ExportTraceServiceRequest> traces = new LinkedBlockingQueue<>();

  /** Status of the next answers by path; 0 is no answer at all. */
  volatile ToIntFunction<String> status = path -> 200;

  @Override
  public CompletableFuture<Integer> send(String path, String contentType, byte[] body) {
    assertThat(contentType).isEqualTo("application/x-protobuf");
    int answer = status.applyAsInt(path);
    if (answer == 0) {
      return CompletableFuture.failedFuture(new java.net.ConnectException("refused"));
    }
    if (answer == 200) {
      take(path, body);
    }
    return CompletableFuture.completedFuture(answer);
  }

  private void take(String path, byte[] body) {
    try {
      switch (path) {
        case "/v1/metrics" -> metrics.add(ExportMetricsServiceRequest.parseFrom(body));
        case "/v1/traces" -> traces.add(ExportTraceServiceRequest.parseFrom(body));
        default -> throw new AssertionError(path);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(path, e);
    }
  }

  /** So many spans, in the order they came; waits for them. */
  List<Span> spans(int count) throws InterruptedException {
    List<Span> spans = new ArrayList<>();
    while (spans.size() < count) {
      ExportTraceServiceRequest request = traces.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(request).as("spans so far: %s", spans).isNotNull();
      spans.addAll(request.getResourceSpans(0).getScopeSpans(0).getSpansList());
    }
    assertThat(spans).hasSize(count);
    return spans;
  }

  /** Points of a histogram as soon as they are as expected; waits for it. */
  List<ExponentialHistogramDataPoint> histogram(
      String name, Predicate<List<ExponentialHistogramDataPoint>> expected)
      throws InterruptedException {
    while (true) {
      ExportMetricsServiceRequest request = metrics.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(request).as(name).isNotNull();
      List<ExponentialHistogramDataPoint> points =
          metrics(request).stream()
              .filter(metric -> metric.getName().equals(name))
              .flatMap(metric -> metric.getExponentialHistogram().getDataPointsList().stream())
              .toList();
      if (expected.test(points)) {
        return points;
      }
    }
  }

  /** Waits until this many were measured, and gives the point if there is one only. */
  ExponentialHistogramDataPoint point(String name, long count) throws InterruptedException {
    List<ExponentialHistogramDataPoint> points = histogram(name, all -> count(all) == count);
    assertThat(points).hasSize(1);
    return points.get(0);
  }

  /** Attributes of each series of a histogram, as soon as there are so many; waits for them. */
  List<Map<String, String>> series(String name, int series) throws InterruptedException {
    return histogram(name, all -> all.size() == series).stream()
        .map(point -> attributes(point.getAttributesList()))
        .toList();
  }

  /** The point of a counter with this attribute, as soon as it has this value; waits for it. */
  NumberDataPoint counter(String name, String attribute, long value) throws InterruptedException {
    while (true) {
      ExportMetricsServiceRequest request = metrics.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(request).as(name).isNotNull();
      for (Metric metric : metrics(request)) {
        for (NumberDataPoint point : metric.getSum().getDataPointsList()) {
          if (metric.getName().equals(name)
              && point.getAsInt() == value
              && attributes(point.getAttributesList()).containsValue(attribute)) {
            return point;
          }
        }
      }
    }
  }

  static long count(List<ExponentialHistogramDataPoint> points) {
    return points.stream().mapToLong(ExponentialHistogramDataPoint::getCount).sum();
  }

  static List<Metric> metrics(ExportMetricsServiceRequest request) {
    return request.getResourceMetrics(0).getScopeMetrics(0).getMetricsList();
  }

  /** Attributes as text, sorted by name. */
  static Map<String, String> attributes(List<KeyValue> attributes) {
    Map<String, String> byName = new TreeMap<>();
    attributes.forEach(each -> byName.put(each.getKey(), text(each.getValue())));
    return byName;
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> Long.toString(value.getIntValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      default -> value.toString();
    };
  }
}
