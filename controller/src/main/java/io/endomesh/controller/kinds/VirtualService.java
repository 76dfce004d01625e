package io.endomesh.controller.kinds;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A VirtualService of Istio, networking.istio.io/v1, for calls inside the mesh: its HTTP routes, in
 * the order in which they are written. Immutable.
 *
 * @param hosts in lower case
 */
public record VirtualService(Metadata metadata, List<String> hosts, List<VirtualRule> rules)
    implements MeshResource {

  /**
   * @param matches any of them; empty matches all
   */
  public record VirtualRule(
      List<Match> matches,
      List<RouteResource.Backend> backends,
      RouteFilters filters,
      RouteResource.Timeouts timeouts,
      RouteResource.@Nullable Retry retry)
      implements RouteResource.Rule {

    public VirtualRule {
      matches = List.copyOf(matches);
      backends = List.copyOf(backends);
    }

    @Override
    public RouteResource.@Nullable Session session() {
      return null;
    }
  }

  /** How a string is compared. */
  public enum Comparison {
    EXACT,
    PREFIX,
    REGEX,
    PRESENT
  }

  public record Text(Comparison comparison, String value) {}

  /**
   * @param name of a header in lower case, or of a query parameter
   * @param negated true must not match
   */
  public record NamedText(String name, Text value, boolean negated) {}

  /**
   * All of it must hold.
   *
   * @param uri null matches any path
   * @param method null matches any
   * @param port null matches any
   * @param sourceNamespace null matches any
   */
  public record Match(
      @Nullable Text uri,
      boolean ignoreUriCase,
      @Nullable Text method,
      List<NamedText> headers,
      List<NamedText> queryParams,
      @Nullable Integer port,
      @Nullable String sourceNamespace) {
    public Match {
      headers = List.copyOf(headers);
      queryParams = List.copyOf(queryParams);
    }
  }

  public VirtualService {
    hosts = List.copyOf(hosts);
    rules = List.copyOf(rules);
  }

  static VirtualService read(Metadata metadata, Fields spec) {
    List<String> hosts =
        spec.strings("hosts").stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    if (hosts.isEmpty()) {
      throw spec.invalid("hosts", "absent (expected: at least one service)");
    }
    for (int i = 0; i < hosts.size(); i++) {
      if (hosts.get(i).contains("*")) {
        throw spec.invalid("hosts[" + i + "]", "'" + hosts.get(i) + "' (expected: no wildcard)");
      }
    }
    List<String> gateways = spec.strings("gateways");
    if (!gateways.isEmpty() && !gateways.contains("mesh")) {
      throw spec.invalid("gateways", gateways + " (expected: absent, or mesh among them)");
    }
    spec.ignored("exportTo");
    spec.unsupported("tcp", "tls");
    List<VirtualRule> rules = spec.objects("http", rule -> rule(metadata, rule));
    if (rules.isEmpty()) {
      throw spec.invalid("http", "absent (expected: at least one route)");
    }
    return new VirtualService(metadata, hosts, rules);
  }

  private static VirtualRule rule(Metadata metadata, Fields fields) {
    fields.skipped("name");
    fields.unsupported("delegate");
    List<Match> matches = fields.objects("match", VirtualService::match);
    RouteFilters filters = VirtualFilters.read(metadata, fields);
    List<RouteResource.Backend> backends =
        fields.objects("route", route -> VirtualFilters.backend(metadata, route));
    if (filters.answers() != backends.isEmpty()) {
      throw fields.invalid(
          "route",
          backends.isEmpty()
              ? "absent (expected: a destination, a redirect or a directResponse)"
              : "beside a redirect or directResponse (expected: one of them)");
    }
    if (!backends.isEmpty() && backends.stream().allMatch(backend -> backend.weight() == 0)) {
      throw fields.invalid("route", "weights sum to 0 (expected: > 0)");
    }
    Fields retries = fields.optionalObject("retries");
    Long perTry = retries == null ? null : retries.durationNanos("perTryTimeout");
    return new VirtualRule(
        matches,
        backends,
        filters,
        new RouteResource.Timeouts(positive(fields.durationNanos("timeout")), positive(perTry)),
        retries == null ? null : retry(retries));
  }

  private static @Nullable Long positive(@Nullable Long nanos) {
    return nanos == null || nanos == 0 ? null : nanos;
  }

  private static RouteResource.Retry retry(Fields fields) {
    int attempts = fields.integer("attempts", 0, RouteFields.MAX_ATTEMPTS, 2);
    List<Integer> codes = new ArrayList<>();
    List<String> conditions = new ArrayList<>();
    // Istio's default for a retries block without conditions.
    for (String token :
        fields
            .string("retryOn", "connect-failure,refused-stream,unavailable,cancelled,503")
            .split(",")) {
      RetryConditions.add(fields, "retryOn", token.strip(), codes, conditions);
    }
    Long backoff = fields.durationNanos("backoff");
    fields.unsupported("retryRemoteLocalities", "retryIgnorePreviousHosts");
    fields.rejectUnknown();
    return new RouteResource.Retry(codes, attempts, backoff, conditions);
  }

  private static Match match(Fields fields) {
    fields.skipped("name");
    fields.unsupported("authority", "scheme", "sourceLabels", "statPrefix");
    Fields uri = fields.optionalObject("uri");
    Fields method = fields.optionalObject("method");
    List<NamedText> headers = new ArrayList<>(named(fields, "headers", false));
    headers.addAll(named(fields, "withoutHeaders", true));
    List<String> gateways = fields.strings("gateways");
    if (!gateways.isEmpty() && !gateways.contains("mesh")) {
      throw fields.invalid("gateways", gateways + " (expected: absent, or mesh among them)");
    }
    return new Match(
        uri == null ? null : text(uri),
        fields.bool("ignoreUriCase", false),
        method == null ? null : text(method),
        headers,
        named(fields, "queryParams", false),
        fields.has("port") ? (Integer) fields.integer("port", 1, 65535) : null,
        fields.optionalString("sourceNamespace"));
  }

  private static List<NamedText> named(Fields fields, String name, boolean negated) {
    List<NamedText> result = new ArrayList<>();
    boolean headers = !name.equals("queryParams");
    fields
        .objectMap(name, VirtualService::textOrPresent)
        .forEach(
            (key, value) ->
                result.add(
                    new NamedText(headers ? key.toLowerCase(Locale.ROOT) : key, value, negated)));
    return result;
  }

  /** An empty object means that it is there. */
  private static Text textOrPresent(Fields fields) {
    return fields.isEmpty() ? new Text(Comparison.PRESENT, "") : text(fields);
  }

  private static Text text(Fields fields) {
    Text text;
    if (fields.has("exact")) {
      text = new Text(Comparison.EXACT, fields.string("exact", ""));
    } else if (fields.has("prefix")) {
      text = new Text(Comparison.PREFIX, fields.string("prefix"));
    } else {
      text = new Text(Comparison.REGEX, fields.regex("regex"));
    }
    fields.rejectUnknown();
    return text;
  }
}
