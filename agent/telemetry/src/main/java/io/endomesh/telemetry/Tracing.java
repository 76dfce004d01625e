package io.endomesh.telemetry;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.OutboundRequest;
import io.endomesh.dataplane.Request;
import io.endomesh.dataplane.limit.CellRate;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who is whose child, within this JVM and across the wire. Immutable and thread-safe. */
final class Tracing {

  private final IdGenerator ids = IdGenerator.random();
  private final Sampler sampler;
  private final CellRate limit;
  private final LongSupplier nanoTime;
  private final Supplier<SpanContext> surrounding;
  private final List<Propagation> propagation;

  /**
   * @param limit of traces that begin here, one bucket. Without it a busy service spends more on
   *     telling about its calls than on making them: at 4,500 calls a second tracing each cost as
   *     much CPU time as the calls did
   * @param surrounding the span that another tracer of this JVM is in on the current thread,
   *     invalid if none
   * @param propagation in which traces are told; of those that a request has, the first counts
   */
  Tracing(
      double samplingRatio,
      CellRate limit,
      LongSupplier nanoTime,
      Supplier<SpanContext> surrounding,
      List<Propagation> propagation) {
    this.sampler = Sampler.traceIdRatioBased(samplingRatio);
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.surrounding = surrounding;
    this.propagation = propagation;
  }

  /**
   * What all attempts of one call have in common.
   *
   * @param parent of each attempt; invalid if the call begins a trace
   * @param first span of the trace that the call begins, null if it begins none
   * @param propagated true if we write the headers, false if they are the application's own
   */
  private record CallTrace(SpanContext parent, @Nullable SpanContext first, boolean propagated) {}

  /**
   * The parent of a request that arrived: the span another tracer began for it, else the caller's;
   * invalid if it sent none that can be read.
   */
  SpanContext parent(InboundRequest request) {
    SpanContext around = surrounding.get();
    return around.isValid() ? around : extract(request);
  }

  private SpanContext extract(Request request) {
    for (int i = 0; i < propagation.size(); i++) {
      SpanContext told = propagation.get(i).extract(request, this::flags);
      if (told.isValid()) {
        return told;
      }
    }
    return SpanContext.getInvalid();
  }

  /**
   * The parent of what begins under this context; invalid if nothing observed runs there. What
   * another tracer is in is more than that: it knows the application's own spans.
   */
  SpanContext parent(CallContext context) {
    SpanContext around = surrounding.get();
    if (around.isValid()) {
      return around;
    }
    return context.trace() instanceof Observed observed ? observed.span : SpanContext.getInvalid();
  }

  /** A new span; of the parent's trace if that is valid, else of a new one. */
  SpanContext child(SpanContext parent) {
    if (parent.isValid()) {
      return SpanContext.create(
          parent.getTraceId(),
          ids.generateSpanId(),
          parent.getTraceFlags(),
          parent.getTraceState());
    }
    String traceId = ids.generateTraceId();
    return SpanContext.create(
        traceId, ids.generateSpanId(), flags(traceId), TraceState.getDefault());
  }

  /** The trace of the attempts of a call. */
  @Nullable String traceId(Call call) {
    CallTrace trace = trace(call);
    SpanContext span = trace.parent().isValid() ? trace.parent() : trace.first();
    return span == null ? null : span.getTraceId();
  }

  /** The parent of the attempts of a call. */
  SpanContext parent(Call call) {
    return trace(call).parent();
  }

  /**
   * A new span for the next attempt of a call, and its headers on the request. What the application
   * (or another agent in it) has set stays as it is; our span is its child too.
   */
  SpanContext attempt(Call call) {
    CallTrace trace = trace(call);
    SpanContext first = trace.first();
    SpanContext span;
    if (trace.parent().isValid()) {
      span = child(trace.parent());
    } else if (first == null) {
      span = child(SpanContext.getInvalid());
      call.trace(new CallTrace(SpanContext.getInvalid(), span, true));
    } else {
      // Retries of a call without a parent: beside the first attempt, in the same trace.
      span = child(first);
    }
    if (trace.propagated()) {
      inject(span, call.request());
    }
    return span;
  }

  private void inject(SpanContext span, OutboundRequest request) {
    for (int i = 0; i < propagation.size(); i++) {
      propagation.get(i).inject(span, request);
    }
  }

  /** True if the application, or another agent in it, tells its trace itself. */
  private boolean isTold(OutboundRequest request) {
    for (int i = 0; i < propagation.size(); i++) {
      if (propagation.get(i).isIn(request)) {
        return true;
      }
    }
    return false;
  }

  private CallTrace trace(Call call) {
    if (call.trace() instanceof CallTrace known) {
      return known;
    }
    boolean ours = !isTold(call.request());
    SpanContext parent = ours ? parent(call.context()) : extract(call.request());
    CallTrace trace = new CallTrace(parent, null, ours);
    call.trace(trace);
    return trace;
  }

  private TraceFlags flags(String traceId) {
    SamplingDecision decision =
        sampler
            .shouldSample(
                Context.root(), traceId, "", SpanKind.INTERNAL, Attributes.empty(), List.of())
            .getDecision();
    return decision == SamplingDecision.RECORD_AND_SAMPLE
            && limit.take(0, nanoTime.getAsLong()) == 0
        ? TraceFlags.getSampled()
        : TraceFlags.getDefault();
  }
}
