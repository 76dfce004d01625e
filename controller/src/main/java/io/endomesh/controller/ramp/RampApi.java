package io.endomesh.controller.ramp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.access.Access;
import io.endomesh.controller.access.Right;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.tokens.Secrets;
import io.endomesh.controller.translate.ServiceKey;
import java.util.List;
import java.util.Set;

/** Ramps: started, watched, ended. */
@Blocking
final class RampApi {

  private static final Set<String> FIELDS =
      Set.of("service", "resource", "rule", "to", "steps", "everySeconds", "guard");

  private final ControllerContext context;
  private final Ramps ramps;

  RampApi(ControllerContext context, Ramps ramps) {
    this.context = context;
    this.ramps = ramps;
  }

  @Get("/ramps")
  public HttpResponse list(
      ServiceRequestContext request, @Param("service") @Default("") String service) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode list = json.putArray("ramps");
    for (Ramp ramp : ramps.list()) {
      String id = ramp.plan().service().namespace() + "/" + ramp.plan().service().name();
      if (mayRead(request, ramp) && (service.isEmpty() || service.equals(id))) {
        list.add(json(ramps, ramp));
      }
    }
    return ok(json);
  }

  @Get("/ramps/{id}")
  public HttpResponse one(ServiceRequestContext request, @Param("id") String id) {
    return ramps
        .find(id)
        .filter(ramp -> mayRead(request, ramp))
        .map(ramp -> ok(json(ramps, ramp)))
        .orElseGet(() -> notFound(id));
  }

  /**
   * Begins at once with the first step.
   *
   * @param body {@code {"service":"shop/orders","to":"v2"}}; with {@code steps}, {@code
   *     everySeconds}, {@code guard}, and {@code resource} and {@code rule} where there are several
   */
  @Post("/ramps")
  public HttpResponse start(ServiceRequestContext request, String body) {
    try {
      JsonNode asked = Asked.body(body, FIELDS);
      ServiceKey service = Asked.service(asked.path("service").asText());
      Split split =
          Asked.split(
              context.model().get(),
              context.store().resources(),
              service,
              asked,
              RouteApi.readable(request));
      HttpResponse refusal = Access.refusal(request, Right.APPLY, split.resource().namespace());
      if (refusal != null) {
        return refusal;
      }
      Actor by = Access.actor(request);
      int to = Asked.to(split, asked.path("to"));
      RampPlan plan =
          new RampPlan(
              Secrets.id(),
              service,
              split.resource(),
              split.rule(),
              to,
              split.names(),
              Asked.steps(split, to, asked.path("steps")),
              Asked.every(asked.path("everySeconds")),
              Asked.guard(asked.path("guard")),
              split.written(),
              by.name(),
              context.clock().instant());
      return ok(json(ramps, ramps.start(by, plan, split.revision())));
    } catch (IllegalArgumentException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    } catch (Ramps.Refused e) {
      return conflict(e);
    } catch (StoreException e) {
      return unavailable(e);
    }
  }

  /**
   * @param keep leaves the weights as they are
   */
  @Post("/ramps/{id}/abort")
  public HttpResponse abort(
      ServiceRequestContext request,
      @Param("id") String id,
      @Param("keep") @Default("false") boolean keep) {
    return act(request, id, by -> ramps.abort(by, id, keep));
  }

  @Post("/ramps/{id}/pause")
  public HttpResponse pause(ServiceRequestContext request, @Param("id") String id) {
    return act(request, id, by -> ramps.pause(by, id));
  }

  @Post("/ramps/{id}/resume")
  public HttpResponse resume(ServiceRequestContext request, @Param("id") String id) {
    return act(request, id, by -> ramps.resume(by, id));
  }

  private interface Act {
    Ramp by(Actor actor) throws Ramps.Refused, StoreException;
  }

  private HttpResponse act(ServiceRequestContext request, String id, Act act) {
    Ramp ramp = ramps.find(id).filter(one -> mayRead(request, one)).orElse(null);
    if (ramp == null) {
      return notFound(id);
    }
    HttpResponse refusal = Access.refusal(request, Right.APPLY, ramp.plan().resource().namespace());
    if (refusal != null) {
      return refusal;
    }
    try {
      return ok(json(ramps, act.by(Access.actor(request))));
    } catch (Ramps.Refused e) {
      return conflict(e);
    } catch (StoreException e) {
      return unavailable(e);
    }
  }

  private static boolean mayRead(ServiceRequestContext request, Ramp ramp) {
    return RouteApi.readable(request).test(ramp.plan().resource().namespace());
  }

  /** What is kept of it, and what callers saw of the step so far. */
  static ObjectNode json(Ramps ramps, Ramp ramp) {
    ObjectNode json = RampJson.write(ramp);
    json.remove(List.of("pending"));
    BackendStats step = ramp.isActive() ? ramps.ofStep(ramp) : BackendStats.NONE;
    json.putObject("ofStep")
        .put("calls", step.calls())
        .put("errors", step.errors())
        .put(
            "errorShare",
            step.calls() == 0
                ? null
                : RouteApi.rounded(Math.min(1.0, (double) step.errors() / step.calls())))
        .put("p99Millis", RouteApi.rounded(step.p99Millis()));
    return json;
  }

  static HttpResponse ok(ObjectNode json) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json.toString());
  }

  static HttpResponse unavailable(StoreException e) {
    return ApiErrors.unavailable(e);
  }

  private static HttpResponse conflict(Ramps.Refused e) {
    return ApiErrors.response(HttpStatus.CONFLICT, "conflict", String.valueOf(e.getMessage()));
  }

  private static HttpResponse notFound(String id) {
    return ApiErrors.notFound("ramp " + id + " does not exist");
  }
}
