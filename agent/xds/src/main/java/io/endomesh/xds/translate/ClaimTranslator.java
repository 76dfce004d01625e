package io.endomesh.xds.translate;

import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.route.StringMatch;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.ArrayList;
import java.util.List;

/**
 * What Istio asks of a verified token, as RBAC words it: dynamic metadata of the filters that Envoy
 * has for it. Other metadata does not exist here. Stateless.
 */
final class ClaimTranslator {

  /** Of Envoy's filter: its {@code payload} are the claims. */
  private static final String TOKENS = "envoy.filters.http.jwt_authn";

  private static final String PAYLOAD = "payload";

  /** Of Istio's filter, before its 1.23; here still the name of what is both of two claims. */
  private static final String ISTIO = "istio_authn";

  private static final String PRINCIPAL = "request.auth.principal";

  private ClaimTranslator() {}

  static Condition translate(String field, MetadataMatcher message) throws InvalidResource {
    List<String> path = new ArrayList<>();
    for (MetadataMatcher.PathSegment segment : message.getPathList()) {
      path.add(segment.getKey());
    }
    StringMatch match = match(field + ".value", message.getValue());
    Condition condition;
    if (message.getFilter().equals(ISTIO) && path.equals(List.of(PRINCIPAL))) {
      condition = new Condition.RequestPrincipal(match);
    } else if (message.getFilter().equals(TOKENS)
        && path.size() > 1
        && path.get(0).equals(PAYLOAD)) {
      condition = new Condition.Claim(path.subList(1, path.size()), match);
    } else {
      throw new InvalidResource(
          field
              + ": "
              + message.getFilter()
              + " "
              + path
              + " is not supported (expected: "
              + PAYLOAD
              + " of "
              + TOKENS
              + ")");
    }
    return message.getInvert() ? new Condition.Not(condition) : condition;
  }

  /** A text, one of a list, or either by the same matcher: here a claim is asked as either. */
  private static StringMatch match(String field, ValueMatcher message) throws InvalidResource {
    switch (message.getMatchPatternCase()) {
      case STRING_MATCH -> {
        return Strings.match(field, message.getStringMatch());
      }
      case LIST_MATCH -> {
        return match(field, message.getListMatch().getOneOf());
      }
      case OR_MATCH -> {
        StringMatch all = null;
        for (ValueMatcher one : message.getOrMatch().getValueMatchersList()) {
          StringMatch match = match(field, one);
          if (all != null && !all.equals(match)) {
            throw new InvalidResource(field + ".or_match: of different texts (expected: one)");
          }
          all = match;
        }
        if (all != null) {
          return all;
        }
      }
      default -> {}
    }
    throw new InvalidResource(
        field + ": " + message.getMatchPatternCase() + " is not supported (expected: a text)");
  }
}
