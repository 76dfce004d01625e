package io.endomesh.telemetry;

import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.Protocol;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.metrics.ExemplarFilter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of this JVM: OpenTelemetry histograms, and the attribute sets to record them with.
 * Thread-safe; recording into a series met before allocates nothing.
 */
final class Recorder {

  private final SdkMeterProvider provider;
  private final PullReader reader = new PullReader();
  private final Map<Instrument, Series> series = new EnumMap<>(Instrument.class);

  /** A histogram with its series. */
  private record Series(DoubleHistogram histogram, SeriesTable table) {}

  /**
   * @param certificateEnd of the workload's certificate; null while there is none
   */
  Recorder(Resource resource, Backlog backlog, Supplier<@Nullable Instant> certificateEnd) {
    provider =
        SdkMeterProvider.builder()
            .setResource(resource)
            // Exemplars would need our spans to be the SDK's.
            .setExemplarFilter(ExemplarFilter.alwaysOff())
            .registerMetricReader(reader)
            .build();
    Meter meter = provider.get(Telemetry.SCOPE);
    for (Instrument instrument : Instrument.values()) {
      DoubleHistogram histogram =
          meter
              .histogramBuilder(instrument.metric)
              .setDescription(instrument.description)
              .setUnit("s")
              .build();
      series.put(instrument, new Series(histogram, new SeriesTable()));
    }
    meter
        .counterBuilder("endomesh.telemetry.dropped")
        .setDescription("Observations that did not fit into the agent's queues.")
        .buildWithCallback(
            counter -> {
              counter.record(backlog.droppedSpans(), Attributes.of(Names.SIGNAL, "spans"));
              counter.record(
                  backlog.droppedMeasurements(), Attributes.of(Names.SIGNAL, "measurements"));
            });
    meter
        .gaugeBuilder("endomesh.certificate.remaining")
        .setDescription("Time until the workload's certificate ends; negative after that.")
        .setUnit("s")
        .buildWithCallback(
            gauge -> {
              Instant end = certificateEnd.get();
              if (end != null) {
                gauge.record(Duration.between(Instant.now(), end).toMillis() / 1000.0);
              }
            });
  }

  void record(Observed observed) {
    Series into = Objects.requireNonNull(series.get(observed.instrument()));
    into.histogram.record(
        observed.durationSeconds(), attributes(into.table, observed), Context.root());
  }

  /** Everything so far, cumulative. Valid until the next call. */
  Collection<MetricData> collect() {
    return reader.collect();
  }

  private static Attributes attributes(SeriesTable table, Observed observed) {
    if (observed instanceof ObservedAttempt attempt) {
      // The cluster implies the destination; an answer of the mesh itself has its policy instead.
      return attributes(
          table,
          observed,
          attempt.cluster == null ? attempt.policy : attempt.cluster,
          attempt.authority,
          operation(attempt.protocol, attempt.method, attempt.path),
          code(attempt, attempt.protocol) * 8
              + (attempt.retried ? 4 : 0)
              + (attempt.tls ? 2 : 0)
              + (attempt.number > 1 ? 1 : 0));
    }
    if (observed instanceof ObservedRequest request) {
      return attributes(
          table,
          observed,
          request.caller,
          request.decision(),
          operation(request.protocol, request.method, request.path),
          code(request, request.protocol));
    }
    ObservedStatement statement = (ObservedStatement) observed;
    Database database = statement.database;
    return attributes(
        table,
        observed,
        database,
        statement.statement.collection(),
        statement.statement.operation(),
        0);
  }

  private static Attributes attributes(
      SeriesTable table,
      Observed observed,
      @Nullable Object who,
      @Nullable Object where,
      Object what,
      int code) {
    int hash = SeriesTable.hash(who, where, what, observed.errorType, code);
    Attributes known = table.find(hash, who, where, what, observed.errorType, code);
    if (known != null) {
      return known;
    }
    Attributes made = SeriesAttributes.of(observed);
    table.add(hash, who, where, what, observed.errorType, code, made);
    return made;
  }

  private static String operation(Protocol protocol, String method, String path) {
    return protocol == Protocol.GRPC ? path : SeriesAttributes.method(method);
  }

  private static int code(Observed observed, Protocol protocol) {
    return protocol == Protocol.GRPC ? observed.grpcStatus : observed.status;
  }
}
