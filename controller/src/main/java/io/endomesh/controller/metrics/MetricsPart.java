package io.endomesh.controller.metrics;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.encoding.EncodingService;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.telemetry.TelemetryPart;
import io.endomesh.controller.xds.XdsServer;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /metrics}: the whole mesh and the controller, for Prometheus. Written as it is read,
 * so that a page of many megabytes is not held in memory. Thread-safe.
 */
public final class MetricsPart implements ControllerPart {

  private static final Logger log = LoggerFactory.getLogger(MetricsPart.class);

  private final MeshMetrics mesh;

  /**
   * @param xds what was sent and answered so far
   */
  public MetricsPart(
      ControllerContext context, TelemetryPart telemetry, Supplier<XdsServer.Counts> xds) {
    this.mesh = new MeshMetrics(context, telemetry, xds);
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.route().get("/metrics").decorator(EncodingService.newDecorator()).build(this::metrics);
  }

  private HttpResponse metrics(ServiceRequestContext context, HttpRequest request) {
    Exposition.Format format = format(request.headers().get(HttpHeaderNames.ACCEPT, ""));
    Predicate<String> names = names(context.queryParams());
    HttpResponseWriter response = HttpResponse.streaming();
    response.write(
        ResponseHeaders.of(
            HttpStatus.OK,
            HttpHeaderNames.CONTENT_TYPE,
            format.type,
            HttpHeaderNames.CACHE_CONTROL,
            "no-store"));
    context.blockingTaskExecutor().execute(() -> write(format, names, response));
    return response;
  }

  private void write(
      Exposition.Format format, Predicate<String> names, HttpResponseWriter response) {
    try {
      Exposition out = new Exposition(format, names, text -> send(text, response));
      mesh.write(out);
      ProcessMetrics.write(out);
      out.end();
      response.close();
    } catch (CompletionException e) {
      // Whoever asked has gone.
      response.close(e);
    } catch (RuntimeException e) {
      log.warn("metrics cannot be told", e);
      response.close(e);
    }
  }

  /** Returns when there is room for more. */
  private static void send(String text, HttpResponseWriter response) {
    response.write(HttpData.ofUtf8(text));
    response.whenConsumed().join();
  }

  /** Prometheus names what it likes best first; who names neither gets the text. */
  private static Exposition.Format format(String accept) {
    return accept.contains("application/openmetrics-text")
        ? Exposition.Format.OPEN_METRICS
        : Exposition.Format.TEXT;
  }

  /** {@code name[]}, as the client libraries have it: these families only. */
  private static Predicate<String> names(QueryParams query) {
    Set<String> names = new HashSet<>(query.getAll("name[]"));
    return names.isEmpty() ? name -> true : names::contains;
  }
}
