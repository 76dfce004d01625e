package io.endomesh.controller.forward;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.telemetry.Span;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Spans as Zipkin's API v2 takes them. Stateless. */
final class ZipkinJson {

  private ZipkinJson() {}

  static ObjectNode of(Span span) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("traceId", span.traceId())
            .put("id", span.spanId())
            .put("name", span.name())
            .put("timestamp", TimeUnit.NANOSECONDS.toMicros(span.startNanos()))
            // None is 0 there: what took less took something.
            .put(
                "duration",
                Math.max(1, TimeUnit.NANOSECONDS.toMicros(span.endNanos() - span.startNanos())));
    if (span.parentSpanId() != null) {
      json.put("parentId", span.parentSpanId());
    }
    if (!span.kind().equals("INTERNAL")) {
      json.put("kind", span.kind());
    }
    int slash = span.service().indexOf('/');
    json.putObject("localEndpoint").put("serviceName", span.service().substring(slash + 1));
    String destination = span.attributes().get("endomesh.destination");
    if (destination != null && span.kind().equals("CLIENT")) {
      json.putObject("remoteEndpoint").put("serviceName", destination);
    }
    ObjectNode tags = json.putObject("tags");
    for (Map.Entry<String, String> attribute : span.attributes().entrySet()) {
      tags.put(attribute.getKey(), attribute.getValue());
    }
    tags.put("service.namespace", span.service().substring(0, Math.max(0, slash)));
    tags.put("service.instance.id", span.instance());
    if (span.error()) {
      // As OpenTelemetry maps it: any value says that it failed.
      String type = span.attributes().get("error.type");
      tags.put("error", type != null ? type : span.statusMessage());
    }
    return json;
  }
}
