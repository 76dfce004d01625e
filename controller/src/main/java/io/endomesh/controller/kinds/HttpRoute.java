package io.endomesh.controller.kinds;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An HTTPRoute of Gateway API v1 whose parents are services. Immutable. */
public record HttpRoute(Metadata metadata, List<Parent> parents, List<HttpRule> rules)
    implements RouteResource {

  /** Of Gateway API; others can be matched by no client. */
  static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private static final Set<FilterFields.Type> FILTERS = EnumSet.allOf(FilterFields.Type.class);

  /**
   * @param matches any of them; never empty
   */
  public record HttpRule(
      List<Match> matches,
      List<Backend> backends,
      RouteFilters filters,
      Timeouts timeouts,
      @Nullable Retry retry,
      @Nullable Session session)
      implements Rule {
    public HttpRule {
      matches = List.copyOf(matches);
      backends = List.copyOf(backends);
    }
  }

  /** All of it must hold. */
  public record Match(
      Path path, @Nullable String method, List<NamedText> headers, List<NamedText> queryParams) {

    static final Match ANY =
        new Match(new Path(PathType.PathPrefix, "/"), null, List.of(), List.of());

    public Match {
      headers = List.copyOf(headers);
      queryParams = List.copyOf(queryParams);
    }
  }

  public enum PathType {
    Exact,
    PathPrefix,
    RegularExpression
  }

  public record Path(PathType type, String value) {}

  public HttpRoute {
    parents = List.copyOf(parents);
    rules = List.copyOf(rules);
  }

  static HttpRoute read(Metadata metadata, Fields spec) {
    List<Parent> parents = RouteFields.parents(metadata, spec);
    List<HttpRule> rules = spec.objects("rules", rule -> rule(metadata, rule));
    if (rules.isEmpty()) {
      throw spec.invalid("rules", "absent (expected: at least one rule)");
    }
    return new HttpRoute(metadata, parents, rules);
  }

  private static HttpRule rule(Metadata metadata, Fields rule) {
    rule.skipped("name");
    List<Match> matches = rule.objects("matches", HttpRoute::match);
    RouteFilters filters = RouteFields.filters(metadata, rule, FILTERS);
    if (replacesPrefix(filters)
        && !matches.stream().allMatch(match -> match.path().type() == PathType.PathPrefix)) {
      throw rule.invalid(
          "filters", "ReplacePrefixMatch (expected: every match of the rule by PathPrefix)");
    }
    if (filters.cors() != null
        && !matches.isEmpty()
        && matches.stream().noneMatch(HttpRoute::mayBeAsked)) {
      rule.warn(
          "matches",
          "browsers ask by OPTIONS whether a script may call, and no match of this rule takes that:"
              + " another rule answers, or the service");
    }
    return new HttpRule(
        matches.isEmpty() ? List.of(Match.ANY) : matches,
        RouteFields.backends(metadata, rule, filters.answers()),
        filters,
        RouteFields.timeouts(rule),
        RouteFields.retry(rule),
        RouteFields.session(rule));
  }

  /** True if the preflight of a browser may match. */
  private static boolean mayBeAsked(Match match) {
    return match.method() == null || match.method().equals("OPTIONS");
  }

  private static boolean replacesPrefix(RouteFilters filters) {
    RouteFilters.PathChange path =
        filters.redirect() != null
            ? filters.redirect().path()
            : filters.rewrite() == null ? null : filters.rewrite().path();
    return path instanceof RouteFilters.PathChange.Prefix;
  }

  static Match match(Fields match) {
    String method = match.optionalString("method");
    if (method != null && !METHODS.contains(method)) {
      throw match.invalid(
          "method",
          "'"
              + method
              + "' (expected: an HTTP method in upper case)"
              + Nearest.suggestion(method, METHODS));
    }
    Fields path = match.optionalObject("path");
    return new Match(
        path == null ? Match.ANY.path() : path(path),
        method,
        RouteFields.headers(match),
        RouteFields.queryParams(match));
  }

  private static Path path(Fields fields) {
    PathType type = fields.oneOf("type", PathType.class, PathType.PathPrefix);
    String value =
        type == PathType.RegularExpression ? expression(fields) : fields.string("value", "/");
    fields.rejectUnknown();
    if (type != PathType.RegularExpression && !value.startsWith("/")) {
      throw fields.invalid("value", "'" + value + "' (expected: a path that begins with /)");
    }
    return new Path(type, value);
  }

  /** What an expression is, Gateway API leaves to the implementation: RE2's, or a template. */
  private static String expression(Fields fields) {
    String value = fields.string("value");
    return PathTemplates.hasVariable(value)
        ? PathTemplates.regex(PathTemplates.checked(fields, "value", value))
        : fields.regex("value");
  }
}
