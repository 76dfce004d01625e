package io.endomesh.telemetry;

import io.endomesh.dataplane.OutboundRequest;
import io.endomesh.dataplane.Request;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How a trace is told from one service to the next; named as in {@code OTEL_PROPAGATORS}. */
public enum Propagation {
  /** W3C Trace Context. */
  TRACECONTEXT("traceparent") {
    @Override
    SpanContext extract(Request request, Function<String, TraceFlags> undecided) {
      Context context =
          W3CTraceContextPropagator.getInstance().extract(Context.root(), request, GETTER);
      return Span.fromContext(context).getSpanContext();
    }

    @Override
    void inject(SpanContext span, OutboundRequest request) {
      W3CTraceContextPropagator.getInstance()
          .inject(Context.root().with(Span.wrap(span)), request, SETTER);
    }
  },
  /** B3 in one header. */
  B3("b3") {
    @Override
    SpanContext extract(Request request, Function<String, TraceFlags> undecided) {
      return B3Headers.single(request.header(B3Headers.SINGLE), undecided);
    }

    @Override
    void inject(SpanContext span, OutboundRequest request) {
      request.setHeader(B3Headers.SINGLE, B3Headers.text(span));
    }
  },
  /** B3 in a header for each part. */
  B3MULTI(B3Headers.TRACE_ID) {
    @Override
    SpanContext extract(Request request, Function<String, TraceFlags> undecided) {
      return B3Headers.multi(request, undecided);
    }

    @Override
    boolean isIn(Request request) {
      return super.isIn(request) || request.header(B3Headers.SAMPLED) != null;
    }

    @Override
    void inject(SpanContext span, OutboundRequest request) {
      request.setHeader(B3Headers.TRACE_ID, span.getTraceId());
      request.setHeader(B3Headers.SPAN_ID, span.getSpanId());
      request.setHeader(B3Headers.SAMPLED, span.isSampled() ? "1" : "0");
    }
  };

  /** No library of an application knows another format by default. */
  static final List<Propagation> DEFAULT = List.of(TRACECONTEXT);

  private static final TextMapGetter<Request> GETTER =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Request request) {
          return List.of();
        }

        @Override
        public @Nullable String get(@Nullable Request request, String name) {
          return request == null ? null : request.header(name);
        }
      };

  private static final TextMapSetter<OutboundRequest> SETTER =
      (request, name, value) -> {
        if (request != null) {
          request.setHeader(name, value);
        }
      };

  private final String header;

  Propagation(String header) {
    this.header = header;
  }

  /**
   * The span that the request names; invalid if it names none that can be read.
   *
   * @param undecided gives the flags of a trace whose beginner left it to others whether it is kept
   */
  abstract SpanContext extract(Request request, Function<String, TraceFlags> undecided);

  abstract void inject(SpanContext span, OutboundRequest request);

  /** Whether somebody has told a trace in this way, readable or not. */
  boolean isIn(Request request) {
    return request.header(header) != null;
  }

  String text() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Null if there is none of this name. */
  static @Nullable Propagation of(String text) {
    return Arrays.stream(values()).filter(one -> one.text().equals(text)).findAny().orElse(null);
  }
}
