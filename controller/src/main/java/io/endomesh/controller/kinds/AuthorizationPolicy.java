package io.endomesh.controller.kinds;

import io.endomesh.dataplane.authorize.AddressRange;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An AuthorizationPolicy of Istio, security.istio.io/v1: who may call what. Immutable.
 *
 * @param selector labels of the workloads it is for; empty is every one
 * @param services of its own namespace that it is for, by {@code targetRefs}; empty is every one
 * @param provider name of who decides; null unless the action is CUSTOM
 * @param dryRun that it is asked and told, and decides nothing
 */
public record AuthorizationPolicy(
    Metadata metadata,
    Map<String, String> selector,
    List<String> services,
    Action action,
    @Nullable String provider,
    boolean dryRun,
    List<Rule> rules)
    implements MeshResource {

  public enum Action {
    ALLOW,
    DENY,
    /** Decides nothing; the operator is told of calls that match. */
    AUDIT,
    /** Somebody else decides about requests that match: an {@link ExtAuthzProvider}. */
    CUSTOM
  }

  /**
   * Matches if one of the sources, one of the operations, and all conditions do; an empty list
   * matches everything.
   */
  public record Rule(List<Source> from, List<Operation> to, List<When> when) {
    public Rule {
      from = List.copyOf(from);
      to = List.copyOf(to);
      when = List.copyOf(when);
    }
  }

  /** Who calls: all parts must hold. */
  public record Source(
      Values principals,
      Values namespaces,
      Values serviceAccounts,
      Values requestPrincipals,
      Values trustDomains,
      Values ipBlocks,
      Values remoteIpBlocks) {

    private boolean isEmpty() {
      return principals.isEmpty()
          && namespaces.isEmpty()
          && serviceAccounts.isEmpty()
          && requestPrincipals.isEmpty()
          && trustDomains.isEmpty()
          && ipBlocks.isEmpty()
          && remoteIpBlocks.isEmpty();
    }
  }

  /** What is called: all parts must hold. */
  public record Operation(Values hosts, Values ports, Values methods, Values paths) {}

  /** One more condition on an attribute of the request. */
  public record When(String key, Values values) {}

  /**
   * Exact values, or with {@code *} at their end or beginning prefixes or suffixes; {@code *} is
   * any. Paths may be {@link PathTemplates}.
   *
   * @param in one of them must hold; empty is everything
   * @param notIn none of them may hold
   */
  public record Values(List<String> in, List<String> notIn) {
    public Values {
      in = List.copyOf(in);
      notIn = List.copyOf(notIn);
    }

    public boolean isEmpty() {
      return in.isEmpty() && notIn.isEmpty();
    }
  }

  public static final String WHEN_HEADER = "request.headers[";

  /** In front of the name of a label that callers were given. */
  public static final String WHEN_LABEL = "source.labels[";

  public static final String WHEN_SOURCE_IP = "source.ip";
  public static final String WHEN_REMOTE_IP = "remote.ip";
  public static final String WHEN_PORT = "destination.port";

  private static final List<String> WHEN_KEYS =
      List.of(
          "source.principal",
          "source.namespace",
          "source.labels[NAME]",
          WHEN_SOURCE_IP,
          WHEN_REMOTE_IP,
          WHEN_PORT,
          "request.headers[NAME]",
          "request.auth.principal",
          "request.auth.audiences",
          "request.auth.presenter",
          "request.auth.claims[NAME]");

  /** In front of names of members, {@code [realm_access][roles]}. */
  public static final String WHEN_CLAIM = "request.auth.claims[";

  public AuthorizationPolicy {
    selector = Map.copyOf(selector);
    services = List.copyOf(services);
    rules = List.copyOf(rules);
  }

  /**
   * The first field that asks where a call came from before proxies took it; null if none does. It
   * can be answered only where an {@link InboundPolicy} says how many proxies are believed.
   */
  public @Nullable String asksForOrigin() {
    for (int i = 0; i < rules.size(); i++) {
      Rule rule = rules.get(i);
      for (int j = 0; j < rule.from().size(); j++) {
        Values blocks = rule.from().get(j).remoteIpBlocks();
        if (!blocks.isEmpty()) {
          String name = blocks.in().isEmpty() ? "notRemoteIpBlocks" : "remoteIpBlocks";
          return "spec.rules[" + i + "].from[" + j + "].source." + name;
        }
      }
      for (int j = 0; j < rule.when().size(); j++) {
        if (rule.when().get(j).key().equals(WHEN_REMOTE_IP)) {
          return "spec.rules[" + i + "].when[" + j + "].key";
        }
      }
    }
    return null;
  }

  /** Names of the labels of callers that it asks for. */
  public Set<String> callerLabels() {
    Set<String> names = new TreeSet<>();
    for (Rule rule : rules) {
      for (When when : rule.when()) {
        if (when.key().startsWith(WHEN_LABEL)) {
          names.add(labelName(when.key()));
        }
      }
    }
    return names;
  }

  /** That a condition on a label asks for. */
  public static String labelName(String key) {
    return key.substring(WHEN_LABEL.length(), key.length() - 1);
  }

  static AuthorizationPolicy read(Metadata metadata, Fields spec) {
    spec.unsupported("targetRef");
    Map<String, String> selector = selector(spec);
    if (spec.has("targetRefs") && !selector.isEmpty()) {
      throw spec.invalid("targetRefs", "beside selector (expected: one of both)");
    }
    Action action = spec.oneOf("action", Action.class, Action.ALLOW);
    return new AuthorizationPolicy(
        metadata,
        selector,
        spec.has("targetRefs") ? TargetRefs.services(spec) : List.of(),
        action,
        provider(metadata, spec, action),
        Annotations.dryRun(metadata),
        spec.objects("rules", AuthorizationPolicy::rule));
  }

  private static @Nullable String provider(Metadata metadata, Fields spec, Action action) {
    if (action != Action.CUSTOM) {
      if (spec.has("provider")) {
        throw spec.invalid("provider", "without action CUSTOM (expected: only with it)");
      }
      return null;
    }
    if (Annotations.dryRun(metadata)) {
      // As Istio. What the provider would have said, nobody knows without asking it.
      throw spec.invalid("action", "CUSTOM in a dry run (expected: ALLOW or DENY)");
    }
    Fields provider = spec.object("provider");
    String name = provider.string("name");
    provider.rejectUnknown();
    return name;
  }

  /** Empty if absent: every workload. */
  static Map<String, String> selector(Fields spec) {
    Fields selector = spec.objectOrEmpty("selector");
    Map<String, String> labels = selector.stringMap("matchLabels");
    selector.rejectUnknown();
    return labels;
  }

  private static Rule rule(Fields rule) {
    return new Rule(
        rule.objects("from", AuthorizationPolicy::source),
        rule.objects("to", AuthorizationPolicy::operation),
        rule.objects("when", AuthorizationPolicy::when));
  }

  private static Source source(Fields from) {
    Fields source = from.object("source");
    Source result =
        new Source(
            values(source, "principals", "notPrincipals"),
            values(source, "namespaces", "notNamespaces"),
            values(source, "serviceAccounts", "notServiceAccounts"),
            values(source, "requestPrincipals", "notRequestPrincipals"),
            values(source, "trustDomains", "notTrustDomains"),
            addresses(source, "ipBlocks", "notIpBlocks"),
            addresses(source, "remoteIpBlocks", "notRemoteIpBlocks"));
    source.rejectUnknown();
    if (result.isEmpty()) {
      // Istio rejects it as well: an empty source reads as "nobody" and would mean "everybody".
      throw from.invalid(
          "source",
          "empty (expected: principals, namespaces, serviceAccounts, requestPrincipals,"
              + " trustDomains, ipBlocks or remoteIpBlocks)");
    }
    accounts(source, "serviceAccounts", result.serviceAccounts().in());
    accounts(source, "notServiceAccounts", result.serviceAccounts().notIn());
    return result;
  }

  private static Operation operation(Fields to) {
    Fields operation = to.object("operation");
    Operation result =
        new Operation(
            values(operation, "hosts", "notHosts"),
            values(operation, "ports", "notPorts"),
            values(operation, "methods", "notMethods"),
            values(operation, "paths", "notPaths"));
    operation.rejectUnknown();
    if (result.hosts().isEmpty()
        && result.ports().isEmpty()
        && result.methods().isEmpty()
        && result.paths().isEmpty()) {
      throw to.invalid("operation", "empty (expected: hosts, ports, methods or paths)");
    }
    ports(operation, "ports", result.ports().in());
    ports(operation, "notPorts", result.ports().notIn());
    return result;
  }

  /** Istio compares them whole; a pattern would match nobody. */
  private static void accounts(Fields source, String name, List<String> accounts) {
    for (int i = 0; i < accounts.size(); i++) {
      if (!accounts.get(i).matches("[^/*]+(/[^/*]+)?")) {
        throw source.invalid(
            name + "[" + i + "]",
            "'" + accounts.get(i) + "' (expected: SERVICE or NAMESPACE/SERVICE)");
      }
    }
  }

  private static void ports(Fields operation, String name, List<String> ports) {
    for (int i = 0; i < ports.size(); i++) {
      if (!ports.get(i).matches("[0-9]{1,5}")) {
        throw operation.invalid(
            name + "[" + i + "]", "'" + ports.get(i) + "' (expected: a port number)");
      }
    }
  }

  private static When when(Fields when) {
    String key = when.string("key");
    boolean header = key.startsWith(WHEN_HEADER) && key.endsWith("]");
    boolean claim =
        key.startsWith(WHEN_CLAIM) && claimPath(key).stream().noneMatch(String::isEmpty);
    boolean label =
        key.startsWith(WHEN_LABEL) && key.endsWith("]") && LABEL.matcher(labelName(key)).matches();
    if (!header && !claim && !label && !WHEN_KEYS.contains(key)) {
      throw when.invalid(
          "key", "'" + key + "' (expected: one of " + String.join(", ", WHEN_KEYS) + ")");
    }
    if (header) {
      HeaderNames.read(when, "key", key.substring(WHEN_HEADER.length(), key.length() - 1));
    }
    Values values =
        key.equals(WHEN_SOURCE_IP) || key.equals(WHEN_REMOTE_IP)
            ? addresses(when, "values", "notValues")
            : values(when, "values", "notValues");
    if (values.isEmpty()) {
      throw when.invalid("values", "absent (expected: values or notValues)");
    }
    if (key.equals(WHEN_PORT)) {
      ports(when, "values", values.in());
      ports(when, "notValues", values.notIn());
    }
    return new When(key, values);
  }

  private static Values addresses(Fields fields, String in, String notIn) {
    return new Values(ranges(fields, in), ranges(fields, notIn));
  }

  private static List<String> ranges(Fields fields, String name) {
    List<String> ranges = fields.strings(name);
    for (int i = 0; i < ranges.size(); i++) {
      try {
        AddressRange.parse(ranges.get(i));
      } catch (IllegalArgumentException e) {
        throw fields.invalid(name + "[" + i + "]", String.valueOf(e.getMessage()));
      }
    }
    return ranges;
  }

  /** The names in brackets; one that is empty says that it cannot be read. */
  public static List<String> claimPath(String key) {
    String names = key.substring(WHEN_CLAIM.length() - 1);
    if (!names.endsWith("]")) {
      return List.of("");
    }
    return List.of(names.substring(1, names.length() - 1).split("\\]\\[", -1));
  }

  private static Values values(Fields fields, String in, String notIn) {
    return new Values(patterns(fields, in), patterns(fields, notIn));
  }

  /** As a join token gives them: Kubernetes' names of labels, with a prefix or without. */
  private static final Pattern LABEL =
      Pattern.compile("([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");

  /** Fields that take templates as well. */
  private static final Set<String> PATHS = Set.of("paths", "notPaths");

  private static List<String> patterns(Fields fields, String name) {
    List<String> patterns = fields.strings(name);
    for (int i = 0; i < patterns.size(); i++) {
      String pattern = patterns.get(i);
      String inner = pattern.length() < 2 ? "" : pattern.substring(1, pattern.length() - 1);
      boolean both = pattern.length() > 1 && pattern.startsWith("*") && pattern.endsWith("*");
      if (PATHS.contains(name) && PathTemplates.isTemplate(pattern)) {
        PathTemplates.checked(fields, name + "[" + i + "]", pattern);
        continue;
      }
      if (pattern.isEmpty() || inner.contains("*") || both) {
        throw fields.invalid(
            name + "[" + i + "]", "'" + pattern + "' (expected: a value, PREFIX*, *SUFFIX or *)");
      }
    }
    return patterns;
  }
}
