package io.endomesh.controller.federation;

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
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.ca.CertificateAuthority;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.kinds.SpiffeBundle;
import io.endomesh.controller.store.StoreException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Our roots for others, and how it is with theirs, as docs/api.md has it. Thread-safe. */
@Blocking
public final class FederationPart implements ControllerPart {

  private final ControllerContext context;
  private final OwnBundle own;
  private final FederatedBundles bundles;
  private final AuditLog audit;

  public FederationPart(ControllerContext context, FederatedBundles bundles, AuditLog audit) {
    this.context = context;
    this.own = new OwnBundle(context.authority(), context.store(), context.clock());
    this.bundles = bundles;
    this.audit = audit;
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService(this);
  }

  /** In both profiles: the controller's certificate has its name, and its SPIFFE id. */
  @Get("/spiffe/bundle")
  public HttpResponse bundle() {
    try {
      return HttpResponse.of(HttpStatus.OK, MediaType.JSON, own.json());
    } catch (StoreException e) {
      return ApiErrors.unavailable(e);
    }
  }

  @Get("/api/v1/federation")
  public HttpResponse status() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("trustDomain", context.authority().trustDomain())
            .put("endpointSPIFFEID", context.authority().controllerId());
    ArrayNode all = json.putArray("federated");
    new TreeMap<>(bundles.states()).values().forEach(state -> all.add(json(state)));
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json.toString());
  }

  @Post("/api/v1/federation/{domain}/refresh")
  public HttpResponse refresh(ServiceRequestContext request, @Param("domain") String trustDomain) {
    FederatedBundles.State now = bundles.refresh(trustDomain);
    if (now == null) {
      return ApiErrors.notFound("trust domain " + trustDomain + " is not federated");
    }
    audit.note(Access.actor(request).did("federation.refresh", trustDomain));
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json(now).toString());
  }

  private static ObjectNode json(FederatedBundles.State state) {
    SpiffeBundle bundle = state.known().bundle();
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("trustDomain", state.domain().trustDomain())
            .put("name", state.domain().metadata().name())
            .put("bundleEndpointURL", state.domain().bundleEndpointUrl())
            .put("profile", state.domain().profile())
            .put("endpointSPIFFEID", state.domain().endpointSpiffeId())
            .put("sequence", bundle == null ? null : bundle.sequence())
            .put("fetchedAt", text(state.fetchedAt()))
            .put("failure", state.failure())
            .put("failingSince", text(state.failingSince()));
    ArrayNode roots = json.putArray("roots");
    for (X509Certificate root : state.known().roots()) {
      roots
          .addObject()
          .put("fingerprint", CertificateAuthority.fingerprint(root))
          .put("notAfter", root.getNotAfter().toInstant().toString());
    }
    return json;
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
