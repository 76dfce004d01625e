package io.endomesh.controller.operations;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import io.endomesh.controller.ControllerPart;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells whether agents and people should be sent here: {@code GET /readyz}. Thread-safe. */
@Blocking
public final class Readiness implements ControllerPart {

  private static final Logger log = LoggerFactory.getLogger(Readiness.class);

  private final Map<String, BooleanSupplier> checks = new LinkedHashMap<>();

  /**
   * @param storeAnswers whether the store can be read
   * @param settled whether the workloads of the last run are back, or awaited no longer
   * @param serving false once the controller drains
   */
  public Readiness(BooleanSupplier storeAnswers, BooleanSupplier settled, BooleanSupplier serving) {
    checks.put("store", storeAnswers);
    checks.put("settled", settled);
    checks.put("serving", serving);
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService(this);
  }

  @Get("/readyz")
  public HttpResponse ready() {
    ObjectNode body = json();
    return HttpResponse.of(
        ResponseHeaders.of(
            body.path("ready").asBoolean() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE,
            HttpHeaderNames.CONTENT_TYPE,
            MediaType.JSON_UTF_8,
            HttpHeaderNames.CACHE_CONTROL,
            "no-store"),
        HttpData.ofUtf8(body.toString()));
  }

  ObjectNode json() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ObjectNode each = JsonNodeFactory.instance.objectNode();
    boolean ready = true;
    for (Map.Entry<String, BooleanSupplier> check : checks.entrySet()) {
      boolean holds = holds(check.getKey(), check.getValue());
      each.put(check.getKey(), holds);
      ready &= holds;
    }
    body.put("ready", ready);
    body.set("checks", each);
    return body;
  }

  private static boolean holds(String name, BooleanSupplier check) {
    try {
      return check.getAsBoolean();
    } catch (RuntimeException e) {
      // Whoever asks may not see more; a probe asks each few seconds.
      log.debug("not ready: {}", name, e);
      return false;
    }
  }
}
