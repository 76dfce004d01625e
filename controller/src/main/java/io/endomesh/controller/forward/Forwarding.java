package io.endomesh.controller.forward;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.linecorp.armeria.common.MediaType;
import io.endomesh.controller.telemetry.Span;
import io.endomesh.controller.telemetry.TelemetrySink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sends on what agents report, to whom the operator named. Thread-safe. */
public final class Forwarding implements TelemetrySink {

  /** Of spans, and of metrics: a minute of 300 spans a second. Bounds memory. */
  private static final long MAX_WAITING_BYTES = 16L << 20;

  private static final MediaType PROTOBUF = MediaType.parse("application/x-protobuf");

  private final @Nullable Outbox traces;
  private final @Nullable Outbox metrics;
  private final @Nullable Outbox zipkin;

  /**
   * @throws IOException if what is trusted cannot be read
   */
  public Forwarding(ForwardOptions options) throws IOException {
    URI otlp = options.otlp();
    this.traces =
        otlp == null
            ? null
            : new Outbox(
                "otlp-traces",
                otlp(options, otlp, "traces"),
                new Waiting(MAX_WAITING_BYTES),
                Forwarding::joined,
                Duration.ZERO);
    this.metrics =
        otlp == null
            ? null
            : new Outbox(
                "otlp-metrics",
                otlp(options, otlp, "metrics"),
                new Waiting(MAX_WAITING_BYTES),
                Forwarding::joined,
                options.metricsInterval());
    URI address = options.zipkin();
    this.zipkin =
        address == null
            ? null
            : new Outbox(
                "zipkin",
                new Destination(address, MediaType.JSON_UTF_8, Map.of(), options.authorities()),
                new Waiting(MAX_WAITING_BYTES),
                Forwarding::list,
                Duration.ZERO);
  }

  private static Destination otlp(ForwardOptions options, URI base, String signal)
      throws IOException {
    String text = base.toString();
    URI address = URI.create(text + (text.endsWith("/") ? "" : "/") + "v1/" + signal);
    return new Destination(address, PROTOBUF, options.headers(), options.authorities());
  }

  @Override
  public void spans(byte[] request, List<Span> spans) {
    if (spans.isEmpty()) {
      return;
    }
    if (traces != null) {
      traces.put(new Report("", request, spans.size()));
    }
    if (zipkin != null) {
      String json =
          spans.stream()
              .map(span -> ZipkinJson.of(span).toString())
              .collect(Collectors.joining(","));
      zipkin.put(new Report("", json.getBytes(UTF_8), spans.size()));
    }
  }

  /** Sums since the process began: of one workload the newest are all there is to tell. */
  @Override
  public void metrics(String instance, byte[] request, int points) {
    if (metrics != null) {
      metrics.put(new Report(instance, request, points));
    }
  }

  @Override
  public Map<String, Signal> signals() {
    Map<String, Signal> signals = new LinkedHashMap<>();
    add(signals, "traces", traces);
    add(signals, "metrics", metrics);
    add(signals, "zipkin", zipkin);
    return signals;
  }

  private static void add(Map<String, Signal> signals, String name, @Nullable Outbox outbox) {
    if (outbox != null) {
      Outbox.State state = outbox.state();
      signals.put(
          name, new Signal(state.sent(), state.dropped(), state.failedRequests(), state.problem()));
    }
  }

  /** Requests of OTLP are lists: one behind the other is the longer list (Protobuf, encoding). */
  static byte[] joined(List<byte[]> requests) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    requests.forEach(bytes::writeBytes);
    return bytes.toByteArray();
  }

  private static byte[] list(List<byte[]> parts) {
    return parts.stream()
        .map(part -> new String(part, UTF_8))
        .collect(Collectors.joining(",", "[", "]"))
        .getBytes(UTF_8);
  }

  @Override
  public void close() {
    for (Outbox outbox : new Outbox[] {traces, metrics, zipkin}) {
      if (outbox != null) {
        outbox.close();
      }
    }
  }
}
