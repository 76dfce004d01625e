package io.endomesh.telemetry;

import io.opentelemetry.exporter.internal.marshal.Marshaler;
import io.opentelemetry.exporter.internal.otlp.metrics.MetricsRequestMarshaler;
import io.opentelemetry.exporter.internal.otlp.traces.TraceRequestMarshaler;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends what was observed, once an interval. Metrics are cumulative, so a failed export is made
 * good by the next; spans of a failed export are kept and sent again, one request of them at most,
 * while newer ones wait in the bounded backlog. Telemetry thread only.
 */
final class Exporter {

  static final String METRICS_PATH = "/v1/metrics";
  static final String TRACES_PATH = "/v1/traces";
  static final String PROTOBUF = "application/x-protobuf";

  /** Default of OTEL_EXPORTER_OTLP_TIMEOUT. */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Default of OTEL_BSP_MAX_EXPORT_BATCH_SIZE. */
  private static final int SPANS_PER_REQUEST = 512;

  private final Backlog backlog;
  private final Resource resource;
  private final Recorder recorder;
  private final RefusalLog refusals;
  private final OtlpSender sender;
  private final Consumer<String> log;
  private final List<SpanData> batch = new ArrayList<>(SPANS_PER_REQUEST);
  private boolean failing;

  /** What became of a request. */
  private enum Delivery {
    ACCEPTED,
    /** Worth another try: no answer, or one that OTLP calls retryable. */
    LATER,
    /** The controller will never take it. */
    REJECTED
  }

  Exporter(
      Backlog backlog,
      Resource resource,
      Recorder recorder,
      RefusalLog refusals,
      OtlpSender sender,
      Consumer<String> log) {
    this.backlog = backlog;
    this.resource = resource;
    this.recorder = recorder;
    this.refusals = refusals;
    this.sender = sender;
    this.log = log;
  }

  /** One export of everything there is. */
  void export() throws InterruptedException {
    logRefusals();
    backlog.drainEarly(recorder);
    Delivery metrics = send(METRICS_PATH, MetricsRequestMarshaler.create(recorder.collect()));
    // Without a connection spans wait where they are.
    boolean more = metrics != Delivery.LATER;
    while (more) {
      fillBatch();
      more = !batch.isEmpty() && sendBatch();
    }
  }

  private void logRefusals() {
    Observed refused;
    while ((refused = backlog.pollRefusal()) != null) {
      refusals.add(refused);
    }
    refusals.flush();
  }

  private void fillBatch() {
    Observed next;
    while (batch.size() < SPANS_PER_REQUEST && (next = backlog.pollSpan()) != null) {
      batch.add(new FinishedSpan(next, resource));
    }
  }

  /** True if the connection is good for another. */
  private boolean sendBatch() throws InterruptedException {
    Delivery delivery = send(TRACES_PATH, TraceRequestMarshaler.create(batch));
    if (delivery == Delivery.LATER) {
      return false;
    }
    if (delivery == Delivery.REJECTED) {
      backlog.dropSpans(batch.size());
    }
    boolean full = batch.size() == SPANS_PER_REQUEST;
    batch.clear();
    return full;
  }

  private Delivery send(String path, Marshaler request) throws InterruptedException {
    CompletableFuture<Integer> answer = sender.send(path, PROTOBUF, bytes(request));
    try {
      int status = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      Delivery delivery = delivery(status);
      tell(path, delivery == Delivery.ACCEPTED ? null : "the controller answered " + status);
      return delivery;
    } catch (ExecutionException e) {
      tell(path, String.valueOf(e.getCause()));
      return Delivery.LATER;
    } catch (TimeoutException e) {
      answer.cancel(true);
      tell(path, "no answer within " + TIMEOUT.toSeconds() + " s");
      return Delivery.LATER;
    }
  }

  /** Retryable statuses are those of the OTLP specification (1.9, failures). */
  private static Delivery delivery(int status) {
    return switch (status) {
      case 200, 202, 204 -> Delivery.ACCEPTED;
      case 429, 502, 503, 504 -> Delivery.LATER;
      default -> Delivery.REJECTED;
    };
  }

  /** Says that exports fail, and that they work again; once each. */
  private void tell(String path, @Nullable String problem) {
    if (problem != null && !failing) {
      failing = true;
      log.accept(
          "telemetry: "
              + path
              + " failed: "
              + problem
              + "; keeping totals and trying again every second");
    } else if (problem == null && failing) {
      failing = false;
      log.accept("telemetry: " + path + " works again");
    }
  }

  private static byte[] bytes(Marshaler request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(request.getBinarySerializedSize());
    try {
      request.writeBinaryTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }
}
