package io.endomesh.controller.kinds;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A GRPCRoute of Gateway API v1 whose parents are services. Timeouts and retries are written as in
 * an HTTPRoute, where Gateway API has them. Immutable.
 */
public record GrpcRoute(Metadata metadata, List<Parent> parents, List<GrpcRule> rules)
    implements RouteResource {

  /** Of Gateway API, for gRPC. */
  private static final Set<FilterFields.Type> FILTERS =
      Set.of(
          FilterFields.Type.RequestHeaderModifier,
          FilterFields.Type.ResponseHeaderModifier,
          FilterFields.Type.RequestMirror);

  /**
   * @param matches any of them; never empty
   */
  public record GrpcRule(
      List<Match> matches,
      List<Backend> backends,
      RouteFilters filters,
      Timeouts timeouts,
      @Nullable Retry retry,
      @Nullable Session session)
      implements Rule {
    public GrpcRule {
      matches = List.copyOf(matches);
      backends = List.copyOf(backends);
    }
  }

  /**
   * All of it must hold.
   *
   * @param service full name of the gRPC service, null for any
   * @param method name, null for any
   */
  public record Match(@Nullable Text service, @Nullable Text method, List<NamedText> headers) {

    static final Match ANY = new Match(null, null, List.of());

    public Match {
      headers = List.copyOf(headers);
    }
  }

  public GrpcRoute {
    parents = List.copyOf(parents);
    rules = List.copyOf(rules);
  }

  static GrpcRoute read(Metadata metadata, Fields spec) {
    List<Parent> parents = RouteFields.parents(metadata, spec);
    List<GrpcRule> rules = spec.objects("rules", rule -> rule(metadata, rule));
    if (rules.isEmpty()) {
      throw spec.invalid("rules", "absent (expected: at least one rule)");
    }
    return new GrpcRoute(metadata, parents, rules);
  }

  private static GrpcRule rule(Metadata metadata, Fields rule) {
    rule.skipped("name");
    List<Match> matches = rule.objects("matches", GrpcRoute::match);
    RouteFilters filters = RouteFields.filters(metadata, rule, FILTERS);
    return new GrpcRule(
        matches.isEmpty() ? List.of(Match.ANY) : matches,
        RouteFields.backends(metadata, rule, filters.answers()),
        filters,
        RouteFields.timeouts(rule),
        RouteFields.retry(rule),
        RouteFields.session(rule));
  }

  private static Match match(Fields match) {
    List<NamedText> headers = RouteFields.headers(match);
    Fields method = match.optionalObject("method");
    if (method == null) {
      return new Match(null, null, headers);
    }
    Text service = method.has("service") ? RouteFields.text(method, "service") : null;
    Text name = method.has("method") ? RouteFields.text(method, "method") : null;
    method.skipped("type");
    if (service == null && name == null) {
      throw match.invalid("method", "neither service nor method (expected: at least one)");
    }
    method.rejectUnknown();
    return new Match(service, name, headers);
  }
}
