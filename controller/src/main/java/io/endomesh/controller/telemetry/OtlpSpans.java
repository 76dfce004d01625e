package io.endomesh.controller.telemetry;

import com.google.protobuf.ByteString;
import io.endomesh.controller.ca.WorkloadIdentity;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Status;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Turns OTLP spans into those of the console. Immutable. */
final class OtlpSpans {

  /** W3C Trace Context, section 3.2.2. */
  private static final int TRACE_ID_BYTES = 16;

  private static final int SPAN_ID_BYTES = 8;

  private final String trustDomain;

  OtlpSpans(String trustDomain) {
    this.trustDomain = trustDomain;
  }

  /**
   * Adds the spans of {@code resource} to {@code spans}.
   *
   * @return how many could not be used
   */
  int read(
      ResourceSpans resource,
      WorkloadIdentity reporter,
      String instance,
      List<? super Span> spans) {
    int unused = 0;
    for (ScopeSpans scope : resource.getScopeSpansList()) {
      for (io.opentelemetry.proto.trace.v1.Span span : scope.getSpansList()) {
        if (span.getTraceId().size() == TRACE_ID_BYTES
            && span.getSpanId().size() == SPAN_ID_BYTES) {
          spans.add(span(span, reporter, instance));
        } else {
          unused++;
        }
      }
    }
    return unused;
  }

  private Span span(
      io.opentelemetry.proto.trace.v1.Span span, WorkloadIdentity reporter, String instance) {
    Attributes attributes = Attributes.of(span.getAttributesList());
    String kind = kind(span.getKind());
    return new Span(
        hex(span.getTraceId()),
        hex(span.getSpanId()),
        span.getParentSpanId().isEmpty() ? null : hex(span.getParentSpanId()),
        reporter.toString(),
        instance,
        span.getName(),
        kind,
        span.getStartTimeUnixNano(),
        Math.max(span.getStartTimeUnixNano(), span.getEndTimeUnixNano()),
        span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR,
        span.getStatus().getMessage(),
        refused(span, reporter, instance, attributes, kind.equals("CLIENT")),
        observed(span, reporter, instance, attributes),
        attributes.values());
  }

  private @Nullable Refusal refused(
      io.opentelemetry.proto.trace.v1.Span span,
      WorkloadIdentity reporter,
      String instance,
      Attributes attributes,
      boolean client) {
    String policy = CallAttributes.refusedBy(attributes);
    return policy == null
        ? null
        : refusal(Refusal.Effect.REFUSED, policy, span, reporter, instance, attributes, client);
  }

  /** By a policy that only looks on; in a dry run rather than by an audit. */
  private @Nullable Refusal observed(
      io.opentelemetry.proto.trace.v1.Span span,
      WorkloadIdentity reporter,
      String instance,
      Attributes attributes) {
    String policy = attributes.find(CallAttributes.DRY_RUN);
    Refusal.Effect effect = Refusal.Effect.WOULD_REFUSE;
    if (policy == null) {
      policy = attributes.find(CallAttributes.AUDIT);
      effect = Refusal.Effect.AUDITED;
    }
    return policy == null
        ? null
        : refusal(effect, policy, span, reporter, instance, attributes, /* client= */ false);
  }

  private Refusal refusal(
      Refusal.Effect effect,
      String policy,
      io.opentelemetry.proto.trace.v1.Span span,
      WorkloadIdentity reporter,
      String instance,
      Attributes attributes,
      boolean client) {
    long startNanos = span.getStartTimeUnixNano();
    return new Refusal(
        effect,
        Instant.ofEpochSecond(
            TimeUnit.NANOSECONDS.toSeconds(startNanos), startNanos % TimeUnit.SECONDS.toNanos(1)),
        policy,
        client ? reporter.spiffeId(trustDomain) : attributes.find(CallAttributes.CALLER),
        client ? reporter.toString() : CallAttributes.caller(attributes, trustDomain),
        client ? CallAttributes.destination(attributes) : reporter.toString(),
        instance,
        attributes.findAny("rpc.system.name", "rpc.system") == null ? "http" : "grpc",
        CallAttributes.operation(span.getName(), attributes.values()),
        CallAttributes.status(attributes),
        hex(span.getTraceId()));
  }

  private static String kind(io.opentelemetry.proto.trace.v1.Span.SpanKind kind) {
    return switch (kind) {
      case SPAN_KIND_SERVER -> "SERVER";
      case SPAN_KIND_CLIENT -> "CLIENT";
      case SPAN_KIND_PRODUCER -> "PRODUCER";
      case SPAN_KIND_CONSUMER -> "CONSUMER";
      default -> "INTERNAL";
    };
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
