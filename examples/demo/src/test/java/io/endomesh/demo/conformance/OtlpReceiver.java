package io.endomesh.demo.conformance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A collector that takes OTLP over HTTP of who shows a token. Thread-safe. */
final class OtlpReceiver implements AutoCloseable {

  static final String TOKEN = "Bearer of-this-test";

  private final HttpServer server;

  // Guarded by this.
  private final List<Span> spans = new ArrayList<>();
  private final Map<String, Long> served = new HashMap<>();
  private int strangers;

  OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", exchange -> take(exchange, this::addSpans));
    server.createContext("/v1/metrics", exchange -> take(exchange, this::addMetrics));
    server.start();
  }

  private interface Reader {
    void read(byte[] body) throws IOException;
  }

  private synchronized void take(HttpExchange exchange, Reader reader) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean known = TOKEN.equals(exchange.getRequestHeaders().getFirst("authorization"));
    if (known) {
      reader.read(body);
    } else {
      strangers++;
    }
    exchange.getResponseHeaders().set("content-type", "application/x-protobuf");
    exchange.sendResponseHeaders(known ? 200 : 401, -1);
    exchange.close();
  }

  private void addSpans(byte[] body) throws IOException {
    ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .forEach(scope -> spans.addAll(scope.getSpansList()));
  }

  /** Sums since each process began: the newest of each counts. */
  private void addMetrics(byte[] body) throws IOException {
    for (ResourceMetrics resource :
        ExportMetricsServiceRequest.parseFrom(body).getResourceMetricsList()) {
      String instance =
          resource.getResource().getAttributesList().stream()
              .filter(attribute -> attribute.getKey().equals("service.instance.id"))
              .map(KeyValue::getValue)
              .findAny()
              .orElseThrow()
              .getStringValue();
      long count =
          resource.getScopeMetricsList().stream()
              .flatMap(scope -> scope.getMetricsList().stream())
              .filter(metric -> metric.getName().equals("http.server.request.duration"))
              .flatMap(metric -> metric.getExponentialHistogram().getDataPointsList().stream())
              .mapToLong(ExponentialHistogramDataPoint::getCount)
              .sum();
      served.put(instance, count);
    }
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  synchronized List<Span> spans() {
    return List.copyOf(spans);
  }

  /** Requests of HTTP that servers say they have served. */
  synchronized long served() {
    return served.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Who did not show the token. */
  synchronized int strangers() {
    return strangers;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
