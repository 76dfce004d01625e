package io.endomesh.controller.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.AuditQuery;
import io.endomesh.controller.store.StoreUnreadable;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Serves the audit log, as docs/api.md has it. Thread-safe. */
@Blocking
public final class AuditPart implements ControllerPart {

  /** More than a person scrolls through. */
  private static final int MAX_LIST = 1000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final AuditLog log;

  public AuditPart(AuditLog log) {
    this.log = log;
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix("/api/v1").build(this);
  }

  @Override
  public void close() {
    log.close();
  }

  @Get("/audit")
  public HttpResponse audit(
      @Param("denied") @Default("false") boolean denied,
      @Param("since") @Default("") String since,
      @Param("user") @Default("") String user,
      @Param("limit") @Default("100") int limit) {
    AuditQuery query;
    try {
      query =
          new AuditQuery(
              denied,
              since.isEmpty() ? null : Instant.parse(since),
              user.isEmpty() ? null : user,
              Math.max(1, Math.min(limit, MAX_LIST)));
    } catch (DateTimeParseException e) {
      return ApiErrors.invalid("since: '" + since + "' (expected: as 2026-11-27T10:00:00Z)");
    }
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    var list = answer.putArray("entries");
    try {
      log.read(query).forEach(entry -> list.add(json(entry)));
    } catch (StoreUnreadable e) {
      return ApiErrors.unavailable(e);
    }
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, answer.toString());
  }

  private static ObjectNode json(AuditEntry entry) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("at", String.valueOf(entry.at()))
            .put("who", entry.actor().name())
            .put("from", entry.actor().address())
            .put("action", entry.action())
            .put("subject", entry.subject())
            .put("denied", entry.denied())
            .put("times", entry.times())
            .put("why", entry.why());
    json.set("before", tree(entry.before()));
    json.set("after", tree(entry.after()));
    return json;
  }

  private static JsonNode tree(@Nullable String body) {
    try {
      return body == null ? JsonNodeFactory.instance.nullNode() : JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the audit log holds what is no JSON", e);
    }
  }
}
