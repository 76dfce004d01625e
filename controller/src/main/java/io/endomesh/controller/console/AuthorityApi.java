package io.endomesh.controller.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.store.StoreException;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The certificate authority: how it is, another root, and certificates that are worth nothing any
 * more, as docs/api.md has it. Thread-safe.
 */
@Blocking
public final class AuthorityApi implements ControllerPart {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ControllerContext context;
  private final AuditLog audit;

  public AuthorityApi(ControllerContext context, AuditLog audit) {
    this.context = context;
    this.audit = audit;
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix("/api/v1").build(this);
  }

  @Get("/ca")
  public HttpResponse status() {
    return json(AuthorityJson.of(context, true));
  }

  /**
   * @param body {@code {"now":true}}, or nothing
   */
  @Post("/ca/rotate")
  public HttpResponse rotate(ServiceRequestContext request, String body) {
    try {
      boolean now = JSON.readTree(body).path("now").asBoolean(false);
      context.authority().rotate(now);
      audit.note(Access.actor(request).did("ca.rotate", now ? "now" : "in time"));
      return json(AuthorityJson.of(context, true));
    } catch (JsonProcessingException e) {
      return ApiErrors.invalid("body: no JSON (expected: {\"now\":…})");
    } catch (IllegalStateException e) {
      return conflict(e);
    } catch (IOException e) {
      return full(e);
    }
  }

  @Post("/ca/abort")
  public HttpResponse abort(ServiceRequestContext request) {
    try {
      context.authority().abort();
      audit.note(Access.actor(request).did("ca.abort", ""));
      return json(AuthorityJson.of(context, true));
    } catch (IllegalStateException e) {
      return conflict(e);
    } catch (IOException e) {
      return full(e);
    }
  }

  @Post("/workloads/{namespace}/{instance}/revoke")
  public HttpResponse revoke(
      ServiceRequestContext request,
      @Param("namespace") String namespace,
      @Param("instance") String instance) {
    X509Certificate certificate = context.workloads().certificate(instance);
    List<Workload> all = context.workloads().workloads();
    boolean known =
        all.stream()
            .anyMatch(
                workload ->
                    workload.instance().equals(instance) && workload.namespace().equals(namespace));
    if (certificate == null || !known) {
      return ApiErrors.notFound("workload " + namespace + "/" + instance + " is not in the mesh");
    }
    String line = context.authority().lineOf(certificate);
    ObjectNode answer = JSON.createObjectNode().put("line", line);
    ArrayNode revoked = answer.putArray("revoked");
    for (Workload workload : all) {
      X509Certificate shown = context.workloads().certificate(workload.instance());
      if (shown != null && context.authority().lineOf(shown).equals(line)) {
        revoked.add(workload.namespace() + "/" + workload.instance());
      }
    }
    try {
      context.authority().revoke(certificate);
      audit.note(Access.actor(request).did("workload.revoke", namespace + "/" + instance));
    } catch (StoreException e) {
      return full(e);
    }
    return json(answer);
  }

  private static HttpResponse conflict(IllegalStateException e) {
    return ApiErrors.response(HttpStatus.CONFLICT, "conflict", String.valueOf(e.getMessage()));
  }

  private static HttpResponse full(Exception e) {
    return ApiErrors.unavailable(e);
  }

  private static HttpResponse json(ObjectNode answer) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, answer.toString());
  }
}
