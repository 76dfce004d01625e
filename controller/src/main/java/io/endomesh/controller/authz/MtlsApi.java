package io.endomesh.controller.authz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
import com.linecorp.armeria.server.annotation.Post;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.PeerAuthentication.Mode;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.telemetry.Plaintext;
import io.endomesh.controller.telemetry.TelemetryPart;
import io.endomesh.controller.translate.Drafts;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.MeshService;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;

/**
 * The way from PERMISSIVE to STRICT: who still calls in plaintext, and what to apply. Thread-safe.
 */
@Blocking
public final class MtlsApi implements ControllerPart {

  /** What is done once a day is among it. */
  private static final String LAST_DAY = "P1D";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ControllerContext context;
  private final PlaintextCalls plaintext;

  public MtlsApi(ControllerContext context, TelemetryPart telemetry) {
    this.context = context;
    this.plaintext = new PlaintextCalls(telemetry, context.workloads());
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix("/api/v1").build(this);
  }

  /**
   * The mode of each service and who calls it in plaintext.
   *
   * @param last ISO 8601 duration; who was last seen before is left out
   */
  @Get("/mtls")
  public HttpResponse modes(@Param @Default(LAST_DAY) String last) {
    try {
      Instant since = since(last);
      MeshModel model = context.model().get();
      List<Plaintext> seen = plaintext.now();
      ObjectNode json = watched(since);
      ArrayNode services = json.putArray("services");
      for (MeshService service : model.services()) {
        Mode mode = model.mtlsMode(service);
        ObjectNode one =
            services
                .addObject()
                .put("id", id(service))
                .put("namespace", service.key().namespace())
                .put("mode", mode.name());
        plaintext.put(seen, service, mode, since, one.putArray("plaintext"));
      }
      return ok(json);
    } catch (IllegalArgumentException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The resource to apply for servers to have another mode, which services that would change, and
   * who would be cut off. Changes nothing.
   *
   * @param body {@code {"scope": "shop", "mode": "STRICT"}}; scope is {@code mesh}, a namespace or
   *     a service as in {@code shop/orders}
   */
  @Post("/mtls/draft")
  public HttpResponse draft(@Param @Default(LAST_DAY) String last, String body) {
    try {
      Instant since = since(last);
      JsonNode asked = JSON.readTree(body);
      MeshModel now = context.model().get();
      MtlsScope scope = MtlsScope.of(asked.path("scope").asText(), now);
      Mode mode = mode(asked.path("mode").asText());
      ObjectNode document = MtlsDraft.of(context.store().resources(), scope, mode);
      ParsedResource draft = ResourceParser.parse(JSON.convertValue(document, Map.class));
      ObjectNode json = watched(since);
      json.set("resource", document);
      changes(now, Drafts.over(now, List.of(draft)), since, json);
      return ok(json);
    } catch (JsonProcessingException e) {
      return ApiErrors.invalid("body: no JSON (expected: {\"scope\":…,\"mode\":…})");
    } catch (InvalidResourceException | IllegalArgumentException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    }
  }

  private void changes(MeshModel now, MeshModel then, Instant since, ObjectNode json) {
    List<Plaintext> seen = plaintext.now();
    ArrayNode services = json.putArray("services");
    ArrayNode cutOff = json.putArray("cutOff");
    for (MeshService service : now.services()) {
      Mode before = now.mtlsMode(service);
      Mode after = then.mtlsMode(service);
      if (before != after) {
        services
            .addObject()
            .put("id", id(service))
            .put("now", before.name())
            .put("then", after.name());
        if (after == Mode.STRICT) {
          plaintext.put(seen, service, before, since, cutOff);
        }
      }
    }
  }

  /** What was counted is of this controller; before it started nobody looked. */
  private ObjectNode watched(Instant since) {
    Instant started = context.startedAt();
    return JsonNodeFactory.instance
        .objectNode()
        .put("since", PlaintextCalls.text(started.isAfter(since) ? started : since));
  }

  private Instant since(String last) {
    try {
      return context.clock().instant().minus(Duration.parse(last));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "last: '" + last + "' (expected: an ISO 8601 duration, PT1H or P7D)", e);
    }
  }

  private static Mode mode(String word) {
    for (Mode mode : Mode.values()) {
      if (mode != Mode.UNSET && mode.name().equals(word)) {
        return mode;
      }
    }
    throw new IllegalArgumentException(
        "mode: '" + word + "' (expected: STRICT, PERMISSIVE or DISABLE)");
  }

  private static String id(MeshService service) {
    return service.key().namespace() + "/" + service.key().name();
  }

  private static HttpResponse ok(ObjectNode json) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json.toString());
  }
}
