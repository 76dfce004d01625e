package io.endomesh.controller.kinds;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A VirtualService of Istio, networking.istio.io/v1, for calls of services and of external hosts
 * that a ServiceEntry has: its HTTP routes, in the order in which they are written. Immutable.
 *
 * @param hosts in lower case; empty if it is there for others that delegate rules to it
 * @param exportTo namespaces whose VirtualServices may delegate to it; {@code *} among them is all
 */
public record VirtualService(
    Metadata metadata, List<String> hosts, List<VirtualRule> rules, List<String> exportTo)
    implements MeshResource {

  /** All namespaces, as Istio writes it. */
  private static final String EVERYWHERE = "*";

  /**
   * @param matches any of them; empty matches all
   * @param delegate whose rules stand in place of this one, which then has no backends; else null
   * @param timeoutNanos of the call: null if the rule says nothing, 0 for none
   * @param attemptNanos 0 for none, null as well; said together with {@code retry}
   */
  public record VirtualRule(
      List<Match> matches,
      List<RouteResource.Backend> backends,
      @Nullable Delegate delegate,
      RouteFilters filters,
      @Nullable Long timeoutNanos,
      @Nullable Long attemptNanos,
      RouteResource.@Nullable Retry retry)
      implements RouteResource.Rule {

    public VirtualRule {
      matches = List.copyOf(matches);
      backends = List.copyOf(backends);
    }

    @Override
    public RouteResource.Timeouts timeouts() {
      return new RouteResource.Timeouts(positive(timeoutNanos), positive(attemptNanos));
    }

    /**
     * This rule in the place of one that delegates to it: what it does not say itself, that one
     * says for it.
     *
     * @param both what the two match
     */
    public VirtualRule inPlaceOf(VirtualRule root, List<Match> both) {
      return new VirtualRule(
          both,
          backends,
          null,
          filters.over(root.filters),
          timeoutNanos == null ? root.timeoutNanos : timeoutNanos,
          retry == null ? root.attemptNanos : attemptNanos,
          retry == null ? root.retry : retry);
    }

    @Override
    public RouteResource.@Nullable Session session() {
      return null;
    }
  }

  /** Another VirtualService, which has no hosts. */
  public record Delegate(String namespace, String name) {}

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
   * @param headers also {@code :authority} and {@code :scheme}
   * @param port null matches any
   * @param sourceNamespace null matches any
   * @param sourceLabels that a caller's workload carries, all of them
   */
  public record Match(
      @Nullable Text uri,
      boolean ignoreUriCase,
      @Nullable Text method,
      List<NamedText> headers,
      List<NamedText> queryParams,
      @Nullable Integer port,
      @Nullable String sourceNamespace,
      Map<String, String> sourceLabels) {
    public Match {
      headers = List.copyOf(headers);
      queryParams = List.copyOf(queryParams);
      sourceLabels = Map.copyOf(sourceLabels);
    }
  }

  public VirtualService {
    hosts = List.copyOf(hosts);
    rules = List.copyOf(rules);
    exportTo = List.copyOf(exportTo);
  }

  /** True if it is for no host, and in force where others delegate to it. */
  public boolean isDelegate() {
    return hosts.isEmpty();
  }

  /** True if VirtualServices of a namespace may delegate to it. */
  public boolean isExportedTo(String namespace) {
    return exportTo.contains(EVERYWHERE) || exportTo.contains(namespace);
  }

  static VirtualService read(Metadata metadata, Fields spec) {
    List<String> hosts =
        spec.strings("hosts").stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    boolean delegate = hosts.isEmpty();
    for (int i = 0; i < hosts.size(); i++) {
      if (hosts.get(i).contains("*")) {
        throw spec.invalid("hosts[" + i + "]", "'" + hosts.get(i) + "' (expected: no wildcard)");
      }
      if (!HostNames.isName(hosts.get(i))) {
        throw spec.invalid(
            "hosts[" + i + "]", "'" + hosts.get(i) + "' (expected: a service, or a DNS name)");
      }
    }
    List<String> gateways = spec.strings("gateways");
    if (delegate && !gateways.isEmpty()) {
      throw spec.invalid("gateways", gateways + " (expected: absent, as hosts are: a delegate)");
    }
    if (!gateways.isEmpty() && !gateways.contains("mesh")) {
      throw spec.invalid("gateways", gateways + " (expected: absent, or mesh among them)");
    }
    if (!delegate) {
      spec.ignored("exportTo");
    }
    spec.unsupported("tcp", "tls");
    List<VirtualRule> rules = spec.objects("http", rule -> rule(metadata, delegate, rule));
    if (rules.isEmpty()) {
      throw spec.invalid("http", "absent (expected: at least one route)");
    }
    if (Annotations.faultsUntil(metadata) != null
        && rules.stream().allMatch(rule -> rule.filters().fault() == null)) {
      throw spec.invalid("http", "no fault in it (expected: one, with endomesh.io/faults-until)");
    }
    return new VirtualService(
        metadata, hosts, rules, delegate ? exportTo(metadata, spec) : List.of(EVERYWHERE));
  }

  /** As in Istio: absent is everywhere, a dot is its own namespace. */
  private static List<String> exportTo(Metadata metadata, Fields spec) {
    List<String> names = new ArrayList<>();
    for (String name : spec.strings("exportTo")) {
      if (name.equals("~")) {
        throw spec.invalid("exportTo", "'~' (expected: '.', '*' or namespaces)");
      }
      names.add(name.equals(".") ? metadata.namespace() : name);
    }
    return names.isEmpty() ? List.of(EVERYWHERE) : names;
  }

  private static VirtualRule rule(Metadata metadata, boolean delegated, Fields fields) {
    fields.skipped("name");
    List<Match> matches = fields.objects("match", VirtualService::match);
    Delegate delegate = delegate(metadata, delegated, fields);
    RouteFilters filters = VirtualFilters.read(metadata, fields);
    List<RouteResource.Backend> backends = VirtualFilters.backends(metadata, fields);
    if (delegate != null && (filters.answers() || !backends.isEmpty())) {
      throw fields.invalid(
          "delegate", "beside a route, redirect or directResponse (expected: one of them)");
    }
    if (delegate == null && filters.answers() != backends.isEmpty()) {
      throw fields.invalid(
          "route",
          backends.isEmpty()
              ? "absent (expected: a destination, a redirect, a directResponse or a delegate)"
              : "beside a redirect or directResponse (expected: one of them)");
    }
    if (filters.answers()) {
      VirtualFilters.warnOfAnswered(fields, filters);
    }
    Fields retries = fields.optionalObject("retries");
    Long perTry = retries == null ? null : retries.durationNanos("perTryTimeout");
    return new VirtualRule(
        matches,
        backends,
        delegate,
        filters,
        fields.durationNanos("timeout"),
        perTry,
        retries == null ? null : retry(retries));
  }

  private static @Nullable Delegate delegate(Metadata metadata, boolean delegated, Fields rule) {
    Fields fields = rule.optionalObject("delegate");
    if (fields == null) {
      return null;
    }
    if (delegated) {
      throw rule.invalid(
          "delegate",
          "in a VirtualService without hosts (expected: absent; rules are delegated once)");
    }
    Delegate delegate =
        new Delegate(fields.string("namespace", metadata.namespace()), fields.string("name"));
    fields.rejectUnknown();
    return delegate;
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
    fields.unsupported("statPrefix");
    Fields uri = fields.optionalObject("uri");
    Fields method = fields.optionalObject("method");
    List<NamedText> headers = new ArrayList<>(named(fields, "headers", false));
    headers.addAll(named(fields, "withoutHeaders", true));
    for (String part : List.of("authority", "scheme")) {
      Fields text = fields.optionalObject(part);
      if (text != null) {
        headers.add(new NamedText(":" + part, text(text), false));
      }
    }
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
        fields.optionalString("sourceNamespace"),
        fields.stringMap("sourceLabels"));
  }

  private static List<NamedText> named(Fields fields, String name, boolean negated) {
    List<NamedText> result = new ArrayList<>();
    boolean headers = !name.equals("queryParams");
    fields
        .objectMap(name, VirtualService::textOrPresent)
        .forEach(
            (key, value) ->
                result.add(
                    new NamedText(
                        headers ? HeaderNames.read(fields, name + "." + key, key) : key,
                        value,
                        negated)));
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
