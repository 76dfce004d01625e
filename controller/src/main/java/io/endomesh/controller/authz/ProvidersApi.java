package io.endomesh.controller.authz;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.jwks.IssuerKeys;
import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.ExtAuthzProvider;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.MeshService;
import io.endomesh.controller.translate.ServiceKey;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whose word counts beside the mesh's own: issuers of tokens with what is known of their keys, and
 * servers that decide about requests. Each with the policies that go by it. Thread-safe.
 */
@Blocking
public final class ProvidersApi implements ControllerPart {

  private final ControllerContext context;
  private final IssuersJson issuers;

  public ProvidersApi(ControllerContext context, IssuerKeys keys) {
    this.context = context;
    this.issuers = new IssuersJson(keys);
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix("/api/v1").build(this);
  }

  @Get("/providers")
  public HttpResponse providers() {
    MeshModel model = context.model().get();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("issuers", issuers.of(model));
    ArrayNode providers = json.putArray("providers");
    ArrayNode missing = json.putArray("missing");
    for (AppliedResource applied : model.resources()) {
      if (applied.resource() instanceof ExtAuthzProvider provider) {
        provider(model, applied.key(), provider, providers.addObject());
      } else if (applied.resource() instanceof AuthorizationPolicy policy
          && policy.provider() != null
          && !model.hasProvider(policy)) {
        name(missing.addObject(), applied.key()).put("provider", policy.provider());
      }
    }
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json.toString());
  }

  private static void provider(
      MeshModel model, ResourceKey key, ExtAuthzProvider provider, ObjectNode json) {
    name(json, key)
        .put("service", provider.service())
        .put("port", provider.port())
        .put("timeoutMillis", TimeUnit.NANOSECONDS.toMillis(provider.timeoutNanos()))
        .put("failOpen", provider.failOpen())
        .put("statusOnError", provider.statusOnError());
    if (provider.headers() == null) {
      json.putNull("headers");
    } else {
      provider.headers().forEach(json.withArray("headers")::add);
    }
    MeshService service = service(model, provider);
    json.put(
            "serviceId",
            service == null ? null : service.key().namespace() + "/" + service.key().name())
        .put(
            "connected",
            service == null
                ? null
                : service.workloads().stream().filter(Workload::connected).count());
    ArrayNode policies = json.putArray("policies");
    for (AppliedResource applied : model.resources()) {
      if (applied.resource() instanceof AuthorizationPolicy policy
          && policy.provider() != null
          && Objects.equals(model.provider(policy), provider)) {
        name(policies.addObject(), applied.key());
      }
    }
  }

  /** Null if it is outside of the mesh. */
  private static @Nullable MeshService service(MeshModel model, ExtAuthzProvider provider) {
    ServiceKey key = ServiceKey.ofHost(provider.service(), provider.metadata().namespace());
    return key == null ? null : model.service(key);
  }

  static ObjectNode name(ObjectNode json, ResourceKey key) {
    return json.put("kind", key.kind()).put("namespace", key.namespace()).put("name", key.name());
  }
}
