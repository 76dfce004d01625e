package io.endomesh.controller.telemetry;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.encoding.DecodingService;
import io.endomesh.controller.CallerIdentity;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.ca.WorkloadIdentity;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what agents measure: OTLP over HTTP, from workloads with a certificate, each about
 * itself only. Thread-safe.
 */
public final class TelemetryPart implements ControllerPart {

  private static final Logger log = LoggerFactory.getLogger(TelemetryPart.class);

  /** OTLP/HTTP, section "Binary Protobuf Encoding". */
  private static final MediaType PROTOBUF = MediaType.parse("application/x-protobuf");

  private final String trustDomain;
  private final TelemetrySink sink;
  private final CallTotals calls;
  private final Rollups rollups;
  private final Traces traces;
  private final PlainCallers plainCallers = new PlainCallers();
  private final OtlpMetrics metrics;
  private final OtlpSpans spans;
  private final LongAdder rejectedRequests = new LongAdder();

  /**
   * @param versions of workloads by instance; null of one that has none
   * @param sink gets what is accepted, too
   */
  public TelemetryPart(
      String trustDomain,
      Clock clock,
      Function<String, @Nullable String> versions,
      TelemetrySink sink) {
    this.trustDomain = trustDomain;
    this.sink = sink;
    this.calls = new CallTotals(trustDomain, versions);
    this.rollups = new Rollups(clock, calls);
    this.traces = new Traces();
    this.metrics = new OtlpMetrics(trustDomain);
    this.spans = new OtlpSpans(trustDomain);
  }

  public TelemetrySink sink() {
    return sink;
  }

  /** For Prometheus. */
  public CallTotals calls() {
    return calls;
  }

  public Rollups rollups() {
    return rollups;
  }

  public Traces traces() {
    return traces;
  }

  public PlainCallers plainCallers() {
    return plainCallers;
  }

  /** Requests that were not what their sender may report, or not OTLP. */
  public long rejectedRequests() {
    return rejectedRequests.sum();
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.service("/v1/metrics", otlp(this::addMetrics));
    server.service("/v1/traces", otlp(this::addSpans));
  }

  @Override
  public void close() {
    sink.close();
  }

  /** Takes the body of a request of one workload; gives the answer. */
  private interface Reader {
    MessageLite read(byte[] body, WorkloadIdentity sender)
        throws InvalidProtocolBufferException, ForeignReportException;
  }

  /** A workload reports about another one. */
  private static final class ForeignReportException extends Exception {

    private static final long serialVersionUID = 1L;

    ForeignReportException(String reported, WorkloadIdentity sender) {
      super(
          "resource: service.namespace and service.name say "
              + reported
              + " (expected: "
              + sender
              + ", as the sender's certificate); nothing of the report was counted");
    }
  }

  private HttpService otlp(Reader reader) {
    HttpService service =
        new HttpService() {
          @Override
          public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
            // Before its body is read: a stranger's would be held in memory for nothing.
            WorkloadIdentity sender = CallerIdentity.of(context, trustDomain);
            if (sender == null) {
              return rejected(
                  HttpStatus.UNAUTHORIZED,
                  "no client certificate (expected: TLS with a certificate of this mesh)");
            }
            return HttpResponse.of(
                request.aggregate().thenApply(body -> answer(reader, sender, body)));
          }
        };
    return service.decorate(DecodingService.newDecorator());
  }

  private HttpResponse answer(
      Reader reader, WorkloadIdentity sender, AggregatedHttpRequest request) {
    MediaType type = request.contentType();
    if (type == null || !type.is(PROTOBUF)) {
      return rejected(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          "content-type: " + type + " (expected: application/x-protobuf)");
    }
    try {
      byte[] answer = reader.read(request.content().array(), sender).toByteArray();
      return HttpResponse.of(HttpStatus.OK, PROTOBUF, HttpData.wrap(answer));
    } catch (InvalidProtocolBufferException e) {
      return rejected(HttpStatus.BAD_REQUEST, "body: not OTLP in protobuf: " + e.getMessage());
    } catch (ForeignReportException e) {
      return rejected(HttpStatus.FORBIDDEN, String.valueOf(e.getMessage()));
    }
  }

  private HttpResponse rejected(HttpStatus status, String message) {
    rejectedRequests.increment();
    // An agent repeats a mistake every second; the count is in the console.
    log.debug("Telemetry refused: {}", message);
    return HttpResponse.of(status, MediaType.PLAIN_TEXT_UTF_8, message + "\n");
  }

  private MessageLite addMetrics(byte[] body, WorkloadIdentity sender)
      throws InvalidProtocolBufferException, ForeignReportException {
    ExportMetricsServiceRequest request = ExportMetricsServiceRequest.parseFrom(body);
    List<CallPoint> points = new ArrayList<>();
    int unused = 0;
    String instance = sender.toString();
    for (ResourceMetrics resource : request.getResourceMetricsList()) {
      instance = instance(resource.getResource(), sender);
      unused += metrics.read(resource, sender, instance, points);
    }
    rollups.add(points);
    // By what it proves, too: none may speak in the place of another.
    sink.metrics(sender + "|" + instance, body, points.size());
    ExportMetricsServiceResponse.Builder response = ExportMetricsServiceResponse.newBuilder();
    if (unused > 0) {
      response.setPartialSuccess(
          ExportMetricsPartialSuccess.newBuilder()
              .setRejectedDataPoints(unused)
              .setErrorMessage("expected: exponential histograms in seconds"));
    }
    return response.build();
  }

  private MessageLite addSpans(byte[] body, WorkloadIdentity sender)
      throws InvalidProtocolBufferException, ForeignReportException {
    ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(body);
    List<Span> read = new ArrayList<>();
    int unused = 0;
    for (ResourceSpans resource : request.getResourceSpansList()) {
      String instance = instance(resource.getResource(), sender);
      unused += spans.read(resource, sender, instance, read);
    }
    traces.add(read);
    plainCallers.add(read);
    sink.spans(body, read);
    ExportTraceServiceResponse.Builder response = ExportTraceServiceResponse.newBuilder();
    if (unused > 0) {
      response.setPartialSuccess(
          ExportTracePartialSuccess.newBuilder()
              .setRejectedSpans(unused)
              .setErrorMessage("expected: ids of 16 and 8 bytes"));
    }
    return response.build();
  }

  private static String instance(Resource resource, WorkloadIdentity sender)
      throws ForeignReportException {
    Attributes attributes = Attributes.of(resource.getAttributesList());
    String reported = attributes.find("service.namespace") + "/" + attributes.find("service.name");
    if (!reported.equals(sender.toString())) {
      throw new ForeignReportException(reported, sender);
    }
    String instance = attributes.find("service.instance.id");
    return instance == null ? reported : instance;
  }
}
