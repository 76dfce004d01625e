package io.endomesh.controller.explain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Post;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.access.Access;
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.dataplane.trail.Trail;
import java.time.Duration;

/** Gives out tokens by which real calls tell their trail, as docs/api.md has it. Thread-safe. */
@Blocking
public final class TrailTokenApi implements ControllerPart {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Time to make a few calls and look at them. */
  private static final Duration DEFAULT_TTL = Duration.ofMinutes(10);

  private final ControllerContext context;
  private final AuditLog audit;

  public TrailTokenApi(ControllerContext context, AuditLog audit) {
    this.context = context;
    this.audit = audit;
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix("/api/v1").build(this);
  }

  /**
   * @param body {@code {"ttlSeconds":600}}, or nothing
   */
  @Post("/trail-tokens")
  public HttpResponse create(ServiceRequestContext request, String body) {
    try {
      Duration good =
          Duration.ofSeconds(
              JSON.readTree(body).path("ttlSeconds").asLong(DEFAULT_TTL.toSeconds()));
      String token = context.authority().trailToken(good);
      audit.note(Access.actor(request).did("trail-token.create", good.toString()));
      return HttpResponse.of(
          HttpStatus.CREATED,
          MediaType.JSON_UTF_8,
          JSON.createObjectNode()
              .put("header", Trail.HEADER)
              .put("token", token)
              .put("expiresAt", context.clock().instant().plus(good).toString())
              .toString());
    } catch (JsonProcessingException e) {
      return ApiErrors.invalid("body: no JSON (expected: {\"ttlSeconds\":…})");
    } catch (IllegalArgumentException e) {
      return ApiErrors.field(
          HttpStatus.BAD_REQUEST, "invalid", "ttlSeconds", String.valueOf(e.getMessage()));
    }
  }
}
