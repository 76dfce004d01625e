package io.endomesh.controller.telemetry;

import io.endomesh.controller.ca.WorkloadIdentity;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns OTLP metrics into points of calls. Immutable. */
final class OtlpMetrics {

  /** What a histogram measures, by its name in the semantic conventions. */
  private record Measured(CallPoint.Side side, String protocol) {}

  private static final Map<String, Measured> MEASURED =
      Map.of(
          "http.client.request.duration", new Measured(CallPoint.Side.CLIENT, "http"),
          "http.server.request.duration", new Measured(CallPoint.Side.SERVER, "http"),
          "rpc.client.call.duration", new Measured(CallPoint.Side.CLIENT, "grpc"),
          "rpc.server.call.duration", new Measured(CallPoint.Side.SERVER, "grpc"),
          "db.client.operation.duration", new Measured(CallPoint.Side.CLIENT, "sql"));

  private final String trustDomain;

  OtlpMetrics(String trustDomain) {
    this.trustDomain = trustDomain;
  }

  /**
   * Adds the points of {@code metrics} to {@code points}.
   *
   * @return how many could not be used
   */
  int read(
      ResourceMetrics metrics,
      WorkloadIdentity reporter,
      String instance,
      List<? super CallPoint> points) {
    int unused = 0;
    for (ScopeMetrics scope : metrics.getScopeMetricsList()) {
      for (Metric metric : scope.getMetricsList()) {
        Measured measured = MEASURED.get(metric.getName());
        if (measured == null) {
          // An agent may report more than the console shows.
          continue;
        }
        if (!metric.hasExponentialHistogram() || !metric.getUnit().equals("s")) {
          unused++;
          continue;
        }
        ExponentialHistogram histogram = metric.getExponentialHistogram();
        boolean cumulative =
            histogram.getAggregationTemporality()
                == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
        for (ExponentialHistogramDataPoint point : histogram.getDataPointsList()) {
          Optional<HistogramPoint> read = HistogramPoint.of(point);
          if (read.isPresent()) {
            points.add(
                point(
                    reporter, instance, metric.getName(), measured, point, cumulative, read.get()));
          } else {
            unused++;
          }
        }
      }
    }
    return unused;
  }

  private CallPoint point(
      WorkloadIdentity reporter,
      String instance,
      String metric,
      Measured measured,
      ExponentialHistogramDataPoint point,
      boolean cumulative,
      HistogramPoint histogram) {
    Attributes attributes = Attributes.of(point.getAttributesList());
    @Nullable String policy = CallAttributes.refusedBy(attributes);
    boolean client = measured.side() == CallPoint.Side.CLIENT;
    boolean database = measured.protocol().equals("sql");
    String peer;
    if (database) {
      peer = CallAttributes.database(attributes);
    } else {
      peer =
          client
              ? CallAttributes.destination(attributes)
              : CallAttributes.caller(attributes, trustDomain);
    }
    return new CallPoint(
        reporter,
        instance,
        measured.side(),
        measured.protocol(),
        peer,
        client ? attributes.find(CallAttributes.CLUSTER) : null,
        client
            ? attributes.isTrue(CallAttributes.TLS)
            : attributes.find(CallAttributes.CALLER) != null,
        !attributes.isTrue(CallAttributes.RETRY),
        !client || attributes.find(CallAttributes.POLICY) == null,
        policy == null
            && !attributes.isTrue(CallAttributes.RETRIED)
            && CallAttributes.isError(attributes),
        policy,
        client ? null : attributes.find(CallAttributes.DRY_RUN),
        client ? null : attributes.find(CallAttributes.AUDIT),
        reporter
            + "|"
            + instance
            + "|"
            + metric
            + "|"
            + attributes.values()
            + "|"
            + histogram.startNanos(),
        cumulative,
        histogram,
        new Reported(metric, attributes));
  }
}
