package io.endomesh.dataplane.access;

import io.endomesh.dataplane.GrpcCode;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call, in the words of OpenTelemetry; holds nothing of the library's request. Immutable. */
public final class AccessRecord {

  private static final double NANOS_PER_MILLI = 1e6;

  private final Map<String, Object> fields;

  private AccessRecord(Map<String, Object> fields) {
    this.fields = fields;
  }

  static AccessRecord of(
      Ended call, @Nullable String traceId, List<String> headers, List<String> query) {
    Map<String, Object> fields = new LinkedHashMap<>();
    Request request = call.request();
    Outcome outcome = call.outcome();
    put(fields, "time", call.began().toString());
    put(fields, "side", call.side());
    put(fields, "endomesh.caller", call.caller());
    put(fields, "endomesh.destination", call.destination());
    put(fields, "endomesh.route", call.route());
    put(fields, "endomesh.cluster", call.cluster());
    put(fields, "server.address", request.authority());
    put(fields, "url.scheme", request.scheme());
    put(fields, "http.request.method", request.method());
    put(fields, "url.path", Redaction.path(request.path()));
    if (outcome.status() > 0) {
      fields.put("http.response.status_code", outcome.status());
    }
    if (request.protocol() == Protocol.GRPC && outcome.grpcStatus() >= 0) {
      put(fields, "rpc.response.status_code", GrpcCode.name(outcome.grpcStatus()));
    }
    if (outcome.error() != null) {
      // Not its message, which may quote the request.
      put(fields, "error.type", outcome.error().getClass().getName());
    }
    fields.put("duration_ms", Math.round(outcome.durationNanos() / NANOS_PER_MILLI * 1e3) / 1e3);
    if (call.attempts() > 0) {
      fields.put("endomesh.attempts", call.attempts());
    }
    put(fields, "endomesh.policy", call.policy());
    put(fields, "network.peer.address", call.address());
    if (call.port() > 0) {
      fields.put(
          call.side().equals("server") ? "network.local.port" : "network.peer.port", call.port());
    }
    fields.put("tls", call.tls());
    put(fields, "endomesh.peer", call.peer());
    put(fields, "trace_id", traceId);
    for (String name : headers) {
      String value = request.header(name);
      if (value != null) {
        fields.put("http.request.header." + name, Redaction.value(name, value));
      }
    }
    query(fields, request.query(), query);
    return new AccessRecord(fields);
  }

  private static void put(Map<String, Object> fields, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      fields.put(name, Redaction.bounded(value));
    }
  }

  private static void query(Map<String, Object> fields, @Nullable String raw, List<String> names) {
    if (raw == null || names.isEmpty()) {
      return;
    }
    StringBuilder told = new StringBuilder();
    for (String pair : raw.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      if (names.contains(name)) {
        told.append(told.length() == 0 ? "" : "&").append(name).append('=');
        told.append(equals < 0 ? "" : Redaction.value(name, pair.substring(equals + 1)));
      }
    }
    put(fields, "url.query", told.toString());
  }

  /** One line of JSON. */
  public String json() {
    return json(Map.of());
  }

  /**
   * @param resource fields before its own
   */
  public String json(Map<String, String> resource) {
    StringBuilder json = new StringBuilder(256).append('{');
    resource.forEach((name, value) -> field(json, name, value));
    fields.forEach((name, value) -> field(json, name, value));
    return json.append('}').toString();
  }

  private static void field(StringBuilder json, String name, Object value) {
    if (json.length() > 1) {
      json.append(',');
    }
    quoted(json, name);
    json.append(':');
    if (value instanceof String text) {
      quoted(json, text);
    } else {
      json.append(value);
    }
  }

  private static void quoted(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}
