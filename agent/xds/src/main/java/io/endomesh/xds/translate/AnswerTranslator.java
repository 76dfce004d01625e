package io.endomesh.xds.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.route.PathRewrite;
import io.endomesh.dataplane.route.RouteAction;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import org.jspecify.annotations.Nullable;

/** RedirectAction and DirectResponseAction to {@link RouteAction.Answer}. Stateless. */
final class AnswerTranslator {

  private static final int MAX_PORT = 65_535;

  private AnswerTranslator() {}

  static RouteAction.Redirect redirect(String field, RouteMatch match, RedirectAction message)
      throws InvalidResource {
    Messages.unsupported(field + ".strip_query", message.getStripQuery());
    String host = message.getHostRedirect();
    // Envoy puts it into the address as it is, so it may bring its port along.
    int colon = host.lastIndexOf(':') > host.lastIndexOf(']') ? host.lastIndexOf(':') : -1;
    int port = port(field, message, colon < 0 ? "" : host.substring(colon + 1));
    if (colon >= 0) {
      host = host.substring(0, colon);
    }
    return new RouteAction.Redirect(
        status(field, message),
        scheme(field, message),
        host.isEmpty() ? null : host,
        port,
        path(field, match, message));
  }

  /** 0 if none is given. */
  private static int port(String field, RedirectAction message, String ofHost)
      throws InvalidResource {
    if (ofHost.isEmpty()) {
      return Numbers.within(
          field + ".port_redirect", Integer.toUnsignedLong(message.getPortRedirect()), 0, MAX_PORT);
    }
    if (message.getPortRedirect() != 0 || !ofHost.matches("[0-9]{1,5}")) {
      throw new InvalidResource(
          field
              + ".host_redirect: "
              + message.getHostRedirect()
              + " (expected: a host, with a port if port_redirect has none)");
    }
    return Numbers.within(field + ".host_redirect", Integer.parseInt(ofHost), 1, MAX_PORT);
  }

  private static int status(String field, RedirectAction message) throws InvalidResource {
    return switch (message.getResponseCode()) {
      case MOVED_PERMANENTLY -> 301;
      case FOUND -> 302;
      case SEE_OTHER -> 303;
      case TEMPORARY_REDIRECT -> 307;
      case PERMANENT_REDIRECT -> 308;
      default ->
          throw new InvalidResource(
              field
                  + ".response_code: "
                  + message.getResponseCodeValue()
                  + " (expected: MOVED_PERMANENTLY, FOUND, SEE_OTHER, TEMPORARY_REDIRECT or"
                  + " PERMANENT_REDIRECT)");
    };
  }

  private static @Nullable String scheme(String field, RedirectAction message)
      throws InvalidResource {
    if (message.getHttpsRedirect()) {
      return "https";
    }
    String scheme = message.getSchemeRedirect();
    if (scheme.isEmpty()) {
      return null;
    }
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new InvalidResource(
          field + ".scheme_redirect: " + scheme + " (expected: http or https)");
    }
    return scheme;
  }

  private static @Nullable PathRewrite path(String field, RouteMatch match, RedirectAction message)
      throws InvalidResource {
    return switch (message.getPathRewriteSpecifierCase()) {
      case PATH_REDIRECT -> full(field + ".path_redirect", message.getPathRedirect());
      case PREFIX_REWRITE ->
          message.getPrefixRewrite().isEmpty()
              ? null
              : RewriteTranslator.prefix(
                  field + ".prefix_rewrite", match, message.getPrefixRewrite());
      case REGEX_REWRITE ->
          RewriteTranslator.regex(field + ".regex_rewrite", message.getRegexRewrite());
      case PATHREWRITESPECIFIER_NOT_SET -> null;
    };
  }

  private static @Nullable PathRewrite full(String field, String path) throws InvalidResource {
    if (path.indexOf('?') >= 0) {
      throw new InvalidResource(field + ": " + path + " (expected: a path without a query)");
    }
    return path.isEmpty() ? null : new PathRewrite.Full(path);
  }

  /** Of a route that says so in our own metadata, the answer of the server that is not asked. */
  static RouteAction.@Nullable Refuse refuse(Route route) {
    String policy =
        route
            .getMetadata()
            .getFilterMetadataOrDefault("endomesh", Struct.getDefaultInstance())
            .getFieldsOrDefault("refused_by", Value.getDefaultInstance())
            .getStringValue();
    return policy.isEmpty() ? null : new RouteAction.Refuse(policy);
  }

  static RouteAction.Respond respond(String field, DirectResponseAction message)
      throws InvalidResource {
    int status =
        Numbers.within(field + ".status", Integer.toUnsignedLong(message.getStatus()), 200, 599);
    DataSource body = message.getBody();
    return switch (body.getSpecifierCase()) {
      case INLINE_STRING -> new RouteAction.Respond(status, body.getInlineString());
      case INLINE_BYTES -> new RouteAction.Respond(status, body.getInlineBytes().toStringUtf8());
      case SPECIFIER_NOT_SET -> new RouteAction.Respond(status, "");
      default ->
          throw new InvalidResource(
              field
                  + ".body: "
                  + body.getSpecifierCase()
                  + " (expected: inline_string or inline_bytes)");
    };
  }
}
