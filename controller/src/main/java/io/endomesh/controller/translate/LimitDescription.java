package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import io.endomesh.controller.kinds.HttpRoute;
import io.endomesh.controller.kinds.RateLimitPolicy;
import io.endomesh.controller.kinds.RouteResource.NamedText;
import io.endomesh.controller.kinds.RouteResource.Text;
import io.endomesh.dataplane.limit.LimitKey;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry;
import io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;

/**
 * How calls that a limit counts are described in Envoy's model, whoever counts them: actions, and
 * the entries that they make. Immutable.
 *
 * @param entries of a call that has the key, whose value is empty here and stands last
 * @param keyed false if there is no key; then {@code entries} are those of every call
 */
record LimitDescription(List<Action> actions, List<Entry> entries, boolean keyed) {

  /** Envoy's attribute of the SPIFFE id that a caller proved. */
  private static final String CALLER = "connection.uri_san_peer_certificate";

  LimitDescription {
    actions = List.copyOf(actions);
    entries = List.copyOf(entries);
  }

  static LimitDescription of(RateLimitPolicy.Limit limit) {
    List<Action> actions = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    actions.add(
        Action.newBuilder()
            .setGenericKey(
                Action.GenericKey.newBuilder()
                    .setDescriptorKey("limit")
                    .setDescriptorValue(limit.name()))
            .build());
    entries.add(entry("limit", limit.name()));
    List<HeaderMatcher> headers = headers(limit.match());
    if (!headers.isEmpty()) {
      actions.add(
          Action.newBuilder()
              .setHeaderValueMatch(
                  Action.HeaderValueMatch.newBuilder()
                      .setDescriptorKey("match")
                      .setDescriptorValue("true")
                      .addAllHeaders(headers))
              .build());
      entries.add(entry("match", "true"));
    }
    if (limit.key() instanceof LimitKey.Caller) {
      actions.add(caller());
      entries.add(entry("caller", ""));
    } else if (limit.key() instanceof LimitKey.Header header) {
      actions.add(
          Action.newBuilder()
              .setRequestHeaders(
                  Action.RequestHeaders.newBuilder()
                      .setHeaderName(header.name())
                      .setDescriptorKey("header")
                      .setSkipIfAbsent(true))
              .build());
      entries.add(entry("header", ""));
    }
    return new LimitDescription(actions, entries, !(limit.key() instanceof LimitKey.None));
  }

  /** The entries of a call that has no key. */
  List<Entry> withoutKey() {
    return keyed ? entries.subList(0, entries.size() - 1) : entries;
  }

  RateLimit rateLimit() {
    return RateLimit.newBuilder().addAllActions(actions).build();
  }

  private static Entry entry(String key, String value) {
    return Entry.newBuilder().setKey(key).setValue(value).build();
  }

  private static Action caller() {
    return Action.newBuilder()
        .setExtension(
            TypedExtensionConfig.newBuilder()
                .setName("envoy.rate_limit_descriptors.expr")
                .setTypedConfig(
                    Any.pack(
                        Descriptor.newBuilder()
                            .setDescriptorKey("caller")
                            .setText(CALLER)
                            .setSkipIfError(true)
                            .build())))
        .build();
  }

  private static List<HeaderMatcher> headers(HttpRoute.Match match) {
    List<HeaderMatcher> headers = new ArrayList<>();
    boolean exact = match.path().type() == HttpRoute.PathType.Exact;
    if (exact || !match.path().value().equals("/")) {
      headers.add(path(match.path().value(), exact));
    }
    if (match.method() != null) {
      headers.add(
          RouteRules.header(
              new NamedText(":method", new Text(/* regex= */ false, match.method()))));
    }
    match.headers().forEach(header -> headers.add(RouteRules.header(header)));
    return headers;
  }

  /**
   * The path without its query, which the header {@code :path} holds as well. Agents know these two
   * expressions, and compare text instead.
   */
  private static HeaderMatcher path(String path, boolean exact) {
    String prefix = path.endsWith("/") && !exact ? path.substring(0, path.length() - 1) : path;
    return HeaderMatcher.newBuilder()
        .setName(":path")
        .setStringMatch(
            StringMatcher.newBuilder()
                .setSafeRegex(
                    RouteRules.regex("\\Q" + prefix + (exact ? "\\E(\\?.*)?" : "\\E([/?].*)?"))))
        .build();
  }
}
