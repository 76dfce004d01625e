package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import io.endomesh.controller.kinds.RequestAuthentication;
import io.endomesh.controller.kinds.RequestAuthentication.TokenRule;
import io.endomesh.dataplane.token.Issuer;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementOrList;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * RequestAuthentications as Envoy's filter for tokens, as Istio does it: any of the issuers, or no
 * token. Keys are part of it, so that no workload asks an issuer. Stateless.
 */
final class RequestAuthenticationTranslator {

  static final String FILTER = "envoy.filters.http.jwt_authn";

  /** Under which name the filter leaves the claims for policies. */
  static final String PAYLOAD = "payload";

  /** Until the keys of an issuer are known, its tokens are refused. */
  private static final String NO_KEYS = "{\"keys\":[]}";

  /** Claims that are lists, written as one text (RFC 8693, 4.2), as Istio takes them. */
  private static final List<String> SPACE_DELIMITED = List.of("scope", "permission");

  private RequestAuthenticationTranslator() {}

  /** Null if no policy selects the workload. */
  static @Nullable HttpFilter filter(MeshModel model, Scope scope) {
    JwtAuthentication.Builder filter = JwtAuthentication.newBuilder();
    JwtRequirementOrList.Builder any = JwtRequirementOrList.newBuilder();
    for (RequestAuthentication policy : model.catalog().requestAuthentications()) {
      if (selects(policy, scope)) {
        String name =
            "RequestAuthentication/"
                + policy.metadata().namespace()
                + "/"
                + policy.metadata().name();
        for (int i = 0; i < policy.rules().size(); i++) {
          filter.putProviders(name + "#" + i, provider(model, policy.rules().get(i)));
          any.addRequirements(JwtRequirement.newBuilder().setProviderName(name + "#" + i));
        }
      }
    }
    if (filter.getProvidersCount() == 0) {
      return null;
    }
    any.addRequirements(JwtRequirement.newBuilder().setAllowMissing(Empty.getDefaultInstance()));
    filter.addRules(
        RequirementRule.newBuilder()
            .setMatch(RouteMatch.newBuilder().setPrefix("/"))
            .setRequires(JwtRequirement.newBuilder().setRequiresAny(any)));
    return HttpFilter.newBuilder().setName(FILTER).setTypedConfig(Any.pack(filter.build())).build();
  }

  private static boolean selects(RequestAuthentication policy, Scope scope) {
    String namespace = policy.metadata().namespace();
    return (namespace.equals(scope.namespace())
            || namespace.equals(PeerAuthenticationTranslator.MESH_NAMESPACE))
        && scope.labels().entrySet().containsAll(policy.selector().entrySet());
  }

  private static JwtProvider provider(MeshModel model, TokenRule rule) {
    String inline = rule.inlineKeys();
    String keys = inline == null ? model.keys(rule.keys()) : inline;
    JwtProvider.Builder provider =
        JwtProvider.newBuilder()
            .setIssuer(rule.issuer())
            .addAllAudiences(rule.audiences())
            .setLocalJwks(DataSource.newBuilder().setInlineString(keys == null ? NO_KEYS : keys))
            .setForward(rule.keepsToken())
            .addAllFromParams(rule.fromParams())
            .setPayloadInMetadata(PAYLOAD)
            .setNormalizePayloadInMetadata(
                JwtProvider.NormalizePayload.newBuilder()
                    .addAllSpaceDelimitedClaims(SPACE_DELIMITED))
            .setClockSkewSeconds((int) Issuer.DEFAULT_SKEW_SECONDS)
            // Beyond Istio: what never ends cannot be taken back.
            .setRequireExpiration(true);
    rule.fromHeaders()
        .forEach(
            header ->
                provider.addFromHeaders(
                    JwtHeader.newBuilder().setName(header.name()).setValuePrefix(header.prefix())));
    return provider.build();
  }
}
