package io.endomesh.xds.translate;

import io.endomesh.dataplane.token.InvalidToken;
import io.endomesh.dataplane.token.Issuer;
import io.endomesh.dataplane.token.KeySet;
import io.endomesh.dataplane.token.Place;
import io.endomesh.dataplane.token.RequestAuthentication;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

/**
 * A JwtAuthentication filter to {@link RequestAuthentication}. Keys come along: an agent fetches
 * none. The name of a provider is that of its policy, with {@code #0} behind it. Stateless.
 */
final class AuthenticationTranslator {

  private static final String FILTER =
      "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication";

  private AuthenticationTranslator() {}

  static boolean understands(HttpFilter filter) {
    return Messages.is(filter.getTypedConfig(), FILTER);
  }

  static RequestAuthentication translate(List<HttpFilter> filters) throws InvalidResource {
    RequestAuthentication found = null;
    for (HttpFilter filter : filters) {
      if (understands(filter)) {
        String field = "http_filters[" + filter.getName() + "]";
        if (found != null) {
          throw new InvalidResource(field + ": a second one of its type (expected: at most one)");
        }
        found =
            translate(
                field,
                Messages.unpack(
                    field, filter.getTypedConfig(), FILTER, JwtAuthentication.parser()));
      }
    }
    return found == null ? RequestAuthentication.NONE : found;
  }

  private static RequestAuthentication translate(String field, JwtAuthentication message)
      throws InvalidResource {
    Messages.unsupported(field + ".filter_state_rules", message.hasFilterStateRules());
    Messages.unsupported(field + ".requirement_map", message.getRequirementMapCount() > 0);
    if (message.getRulesCount() != 1) {
      throw new InvalidResource(
          field + ".rules: " + message.getRulesCount() + " (expected: one, for all paths)");
    }
    RequirementRule rule = message.getRules(0);
    if (!rule.getMatch().equals(RouteMatch.newBuilder().setPrefix("/").build())) {
      throw new InvalidResource(field + ".rules.match: not all paths (expected: prefix: /)");
    }
    Set<String> named = new HashSet<>();
    boolean mayBeMissing = required(field + ".rules.requires", rule.getRequires(), named);
    List<Issuer> issuers = new ArrayList<>();
    for (var entry : new TreeMap<>(message.getProvidersMap()).entrySet()) {
      if (named.remove(entry.getKey())) {
        issuers.add(
            issuer(field + ".providers[" + entry.getKey() + "]", entry.getKey(), entry.getValue()));
      }
    }
    if (!named.isEmpty()) {
      throw new InvalidResource(
          field + ".rules.requires: " + named + " (expected: names of providers)");
    }
    return new RequestAuthentication(issuers, !mayBeMissing);
  }

  /** Any of some providers, and perhaps none at all: what Istio asks for. */
  private static boolean required(String field, JwtRequirement message, Set<String> named)
      throws InvalidResource {
    switch (message.getRequiresTypeCase()) {
      case PROVIDER_NAME -> named.add(message.getProviderName());
      case ALLOW_MISSING -> {
        return true;
      }
      case REQUIRES_ANY -> {
        boolean mayBeMissing = false;
        for (JwtRequirement one : message.getRequiresAny().getRequirementsList()) {
          mayBeMissing |= required(field, one, named);
        }
        return mayBeMissing;
      }
      default ->
          throw new InvalidResource(
              field + ": " + message.getRequiresTypeCase() + " is not supported");
    }
    return false;
  }

  private static Issuer issuer(String field, String name, JwtProvider message)
      throws InvalidResource {
    Messages.unsupported(field + ".subjects", message.hasSubjects());
    Messages.unsupported(field + ".max_lifetime", message.hasMaxLifetime());
    Messages.unsupported(field + ".remote_jwks", message.hasRemoteJwks());
    Messages.unsupported(field + ".from_cookies", message.getFromCookiesCount() > 0);
    Messages.unsupported(
        field + ".forward_payload_header", !message.getForwardPayloadHeader().isEmpty());
    Messages.unsupported(field + ".claim_to_headers", message.getClaimToHeadersCount() > 0);
    if (message.getIssuer().isEmpty()) {
      // Envoy would take the tokens of anybody whose key is known.
      throw new InvalidResource(field + ".issuer: '' (expected: a name)");
    }
    int hash = name.lastIndexOf('#');
    return new Issuer(
        hash < 0 ? name : name.substring(0, hash),
        message.getIssuer(),
        message.getAudiencesList(),
        keys(field + ".local_jwks", message),
        places(message),
        message.getForward(),
        message.getRequireExpiration(),
        message.getClockSkewSeconds() == 0
            ? Issuer.DEFAULT_SKEW_SECONDS
            : Integer.toUnsignedLong(message.getClockSkewSeconds()),
        Set.copyOf(message.getNormalizePayloadInMetadata().getSpaceDelimitedClaimsList()));
  }

  private static KeySet keys(String field, JwtProvider message) throws InvalidResource {
    try {
      return KeySet.of(message.getLocalJwks().getInlineString());
    } catch (InvalidToken e) {
      throw new InvalidResource(field + ": " + e.getMessage());
    }
  }

  private static List<Place> places(JwtProvider message) {
    List<Place> places = new ArrayList<>();
    for (JwtHeader header : message.getFromHeadersList()) {
      places.add(
          new Place.Header(header.getName().toLowerCase(Locale.ROOT), header.getValuePrefix()));
    }
    for (String parameter : message.getFromParamsList()) {
      places.add(new Place.Query(parameter));
    }
    return places.isEmpty() ? Place.DEFAULT : places;
  }
}
