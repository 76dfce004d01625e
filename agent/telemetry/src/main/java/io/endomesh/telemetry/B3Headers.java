package io.endomesh.telemetry;

import io.endomesh.dataplane.Request;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** B3 (openzipkin/b3-propagation), as it is written and read. Stateless. */
final class B3Headers {

  static final String SINGLE = "b3";

  // HTTP/2 and gRPC have names in lower case only, HTTP/1.1 does not care.
  static final String TRACE_ID = "x-b3-traceid";
  static final String SPAN_ID = "x-b3-spanid";
  static final String SAMPLED = "x-b3-sampled";
  private static final String FLAGS = "x-b3-flags";

  /** Ids of traces have 64 bits in old systems: the same trace, with zeros in front. */
  private static final String HALF = "0000000000000000";

  private static final String DENY = "0";

  private B3Headers() {}

  /** {@code TRACE-SPAN}, {@code TRACE-SPAN-SAMPLED}, or that with the span's parent. */
  static String text(SpanContext span) {
    return span.getTraceId() + '-' + span.getSpanId() + (span.isSampled() ? "-1" : "-0");
  }

  static SpanContext single(@Nullable String text, Function<String, TraceFlags> undecided) {
    if (text == null) {
      return SpanContext.getInvalid();
    }
    if (text.equals(DENY)) {
      return denied();
    }
    String[] parts = text.split("-", 5);
    return parts.length < 2 || parts.length > 4
        ? SpanContext.getInvalid()
        : context(parts[0], parts[1], parts.length > 2 ? parts[2] : null, undecided);
  }

  static SpanContext multi(Request request, Function<String, TraceFlags> undecided) {
    String trace = request.header(TRACE_ID);
    String span = request.header(SPAN_ID);
    // Who debugs wants it kept, and need not say so twice.
    String sampled = "1".equals(request.header(FLAGS)) ? "d" : request.header(SAMPLED);
    if (trace == null || span == null) {
      return DENY.equals(sampled) || "false".equals(sampled) ? denied() : SpanContext.getInvalid();
    }
    return context(trace, span, sampled, undecided);
  }

  private static SpanContext context(
      String trace, String span, @Nullable String sampled, Function<String, TraceFlags> undecided) {
    String whole = trace.length() == HALF.length() ? HALF + trace : trace;
    if (!TraceId.isValid(whole) || !SpanId.isValid(span)) {
      return SpanContext.getInvalid();
    }
    TraceFlags flags =
        sampled == null
            ? undecided.apply(whole)
            : switch (sampled) {
              case "1", "d", "true" -> TraceFlags.getSampled();
              default -> TraceFlags.getDefault();
            };
    return SpanContext.createFromRemoteParent(whole, span, flags, TraceState.getDefault());
  }

  /** Somebody began a trace of which nothing is kept, and so needs no ids: any will do. */
  private static SpanContext denied() {
    IdGenerator ids = IdGenerator.random();
    return SpanContext.createFromRemoteParent(
        ids.generateTraceId(),
        ids.generateSpanId(),
        TraceFlags.getDefault(),
        TraceState.getDefault());
  }
}
