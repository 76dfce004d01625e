package io.endomesh.xds.translate;

import io.endomesh.dataplane.route.HashPolicy;
import io.endomesh.dataplane.route.SessionPersistence;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** RouteAction.HashPolicy to {@link HashPolicy}. Stateless. */
final class HashTranslator {

  private HashTranslator() {}

  static List<HashPolicy> translate(String field, List<RouteAction.HashPolicy> messages)
      throws InvalidResource {
    List<HashPolicy> policies = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      RouteAction.HashPolicy message = messages.get(i);
      String of = field + "[" + i + "]";
      // At the end of the list there is nothing left to leave out.
      Messages.unsupported(of + ".terminal", message.getTerminal() && i < messages.size() - 1);
      policies.add(policy(of, message));
    }
    return policies;
  }

  private static HashPolicy policy(String field, RouteAction.HashPolicy message)
      throws InvalidResource {
    return switch (message.getPolicySpecifierCase()) {
      case HEADER -> {
        Messages.unsupported(
            field + ".header.regex_rewrite", message.getHeader().hasRegexRewrite());
        yield new HashPolicy.Header(
            named(field + ".header.header_name", message.getHeader().getHeaderName())
                .toLowerCase(Locale.ROOT));
      }
      case COOKIE ->
          new HashPolicy.Cookie(named(field + ".cookie.name", message.getCookie().getName()));
      case QUERY_PARAMETER ->
          new HashPolicy.QueryParameter(
              named(field + ".query_parameter.name", message.getQueryParameter().getName()));
      default ->
          throw new InvalidResource(
              field
                  + ": "
                  + message.getPolicySpecifierCase()
                  + " (expected: header, cookie or query_parameter)");
    };
  }

  private static String named(String field, String name) throws InvalidResource {
    if (name.isEmpty()) {
      throw new InvalidResource(field + ": none (expected: a name)");
    }
    return name;
  }

  /**
   * A cookie with a lifetime is one that Envoy makes where it is missing, so that a client without
   * it keeps its endpoint from then on. Our sessions do just that.
   *
   * @return null if no cookie is to be made
   */
  static @Nullable SessionPersistence generated(String field, List<RouteAction.HashPolicy> messages)
      throws InvalidResource {
    SessionPersistence generated = null;
    for (int i = 0; i < messages.size(); i++) {
      RouteAction.HashPolicy.Cookie cookie = messages.get(i).getCookie();
      if (!cookie.hasTtl()) {
        continue;
      }
      String of = field + "[" + i + "].cookie";
      Messages.unsupported(of + ".attributes", cookie.getAttributesCount() > 0);
      if (generated != null) {
        throw new InvalidResource(of + ".ttl: a second cookie to make (expected: at most one)");
      }
      generated = SessionTranslator.cookie(of, cookie.getName(), cookie.getPath(), cookie.getTtl());
    }
    return generated;
  }
}
