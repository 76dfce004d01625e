package io.endomesh.controller.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.access.Access;
import io.endomesh.controller.access.Right;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.tokens.Secrets;
import java.time.Instant;

/** Fault tests: started, listed, stopped, as docs/faults.md has them. Thread-safe. */
@Blocking
public final class FaultApi implements ControllerPart {

  private final ControllerContext context;
  private final FaultTests tests;

  public FaultApi(ControllerContext context, FaultTests tests) {
    this.context = context;
    this.tests = tests;
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix("/api/v1").build(this);
  }

  @Get("/faults")
  public HttpResponse list(ServiceRequestContext request) {
    Instant now = context.clock().instant();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode list = json.putArray("faults");
    for (FaultTest test : tests.list()) {
      if (mayRead(request, test)) {
        list.add(FaultJson.write(test, now));
      }
    }
    return ok(json);
  }

  /**
   * Begins at once.
   *
   * @param body {@code {"service":"shop/orders","abortStatus":503,"percent":10,"seconds":300}}
   */
  @Post("/faults")
  public HttpResponse start(ServiceRequestContext request, String body) {
    try {
      JsonNode asked = FaultAsked.body(body);
      HttpResponse refusal =
          Access.refusal(
              request, Right.APPLY, FaultAsked.service(asked.path("service")).namespace());
      if (refusal != null) {
        return refusal;
      }
      Actor by = Access.actor(request);
      Instant now = context.clock().instant();
      FaultTest test = FaultAsked.test(context.model().get(), asked, Secrets.id(), by.name(), now);
      tests.start(by, test);
      return ok(FaultJson.write(test, now));
    } catch (IllegalArgumentException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    } catch (FaultTests.Refused e) {
      return conflict(e);
    } catch (StoreException e) {
      return ApiErrors.response(
          HttpStatus.INSUFFICIENT_STORAGE, "internal", String.valueOf(e.getMessage()));
    }
  }

  @Post("/faults/{id}/stop")
  public HttpResponse stop(ServiceRequestContext request, @Param("id") String id) {
    FaultTest test = tests.find(id).filter(one -> mayRead(request, one)).orElse(null);
    if (test == null) {
      return ApiErrors.notFound("fault test " + id + " does not exist");
    }
    HttpResponse refusal = Access.refusal(request, Right.APPLY, test.service().namespace());
    if (refusal != null) {
      return refusal;
    }
    try {
      FaultTest stopped = tests.stop(Access.actor(request), id);
      return ok(FaultJson.write(stopped, context.clock().instant()));
    } catch (FaultTests.Refused e) {
      return conflict(e);
    }
  }

  private static boolean mayRead(ServiceRequestContext request, FaultTest test) {
    return Access.caller(request).may(Right.READ, test.service().namespace());
  }

  private static HttpResponse ok(ObjectNode json) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json.toString());
  }

  private static HttpResponse conflict(FaultTests.Refused e) {
    return ApiErrors.response(HttpStatus.CONFLICT, "conflict", String.valueOf(e.getMessage()));
  }
}
