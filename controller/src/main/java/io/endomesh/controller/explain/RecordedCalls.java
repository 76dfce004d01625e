package io.endomesh.controller.explain;

import io.endomesh.controller.telemetry.Span;
import io.endomesh.controller.telemetry.Trace;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls that were made, as their spans tell: who, what and how often. Of headers and queries
 * nothing is kept, so there is none. Immutable.
 *
 * @param times by call
 */
record RecordedCalls(Map<Call, Long> times) {

  /** One call, or many that look alike. */
  record Call(String from, String method, String url) {}

  RecordedCalls {
    times = Map.copyOf(times);
  }

  long total() {
    return times.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * @param sinceNanos since the epoch; earlier ones are left out
   */
  static RecordedCalls of(List<Trace> traces, long sinceNanos) {
    Map<Call, Long> times = new LinkedHashMap<>();
    for (Trace trace : traces) {
      for (Span span : trace.spans()) {
        Call call = span.startNanos() < sinceNanos ? null : call(span);
        if (call != null) {
          times.merge(call, 1L, Long::sum);
        }
      }
    }
    return new RecordedCalls(times);
  }

  /** Null for spans that are no first attempt of a call. */
  private static @Nullable Call call(Span span) {
    Map<String, String> attributes = span.attributes();
    if (!span.kind().equals("CLIENT") || attributes.containsKey("http.request.resend_count")) {
      return null;
    }
    String rpc = attributes.get("rpc.method");
    if (rpc != null) {
      String port = attributes.get("server.port");
      String authority =
          attributes.getOrDefault("server.address", "") + (port == null ? "" : ":" + port);
      return new Call(span.service(), "POST", "grpc://" + authority + "/" + rpc);
    }
    String url = attributes.get("url.full");
    String method = attributes.get("http.request.method");
    return url == null || method == null ? null : new Call(span.service(), method, url);
  }
}
