package io.endomesh.controller.kinds;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** An AuthorizationPolicy of Istio, security.istio.io/v1: who may call what. Immutable. */
public record AuthorizationPolicy(
    Metadata metadata, Map<String, String> selector, Action action, List<Rule> rules)
    implements MeshResource {

  public enum Action {
    ALLOW,
    DENY
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
  public record Source(Values principals, Values namespaces, Values serviceAccounts) {}

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

  private static final Set<String> WHEN_KEYS =
      Set.of("source.principal", "source.namespace", "request.headers[NAME]");

  public AuthorizationPolicy {
    selector = Map.copyOf(selector);
    rules = List.copyOf(rules);
  }

  static AuthorizationPolicy read(Metadata metadata, Fields spec) {
    spec.unsupported("targetRef", "targetRefs", "provider");
    return new AuthorizationPolicy(
        metadata,
        selector(spec),
        spec.oneOf("action", Action.class, Action.ALLOW),
        spec.objects("rules", AuthorizationPolicy::rule));
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
    source.unsupported(
        "requestPrincipals",
        "notRequestPrincipals",
        "ipBlocks",
        "notIpBlocks",
        "remoteIpBlocks",
        "notRemoteIpBlocks",
        "trustDomains",
        "notTrustDomains");
    Source result =
        new Source(
            values(source, "principals", "notPrincipals"),
            values(source, "namespaces", "notNamespaces"),
            values(source, "serviceAccounts", "notServiceAccounts"));
    source.rejectUnknown();
    if (result.principals().isEmpty()
        && result.namespaces().isEmpty()
        && result.serviceAccounts().isEmpty()) {
      // Istio rejects it as well: an empty source reads as "nobody" and would mean "everybody".
      throw from.invalid("source", "empty (expected: principals, namespaces or serviceAccounts)");
    }
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
    if (!header && !WHEN_KEYS.contains(key)) {
      throw when.invalid(
          "key",
          "'" + key + "' (expected: source.principal, source.namespace or request.headers[NAME])");
    }
    if (header) {
      HeaderNames.read(when, "key", key.substring(WHEN_HEADER.length(), key.length() - 1));
    }
    Values values = values(when, "values", "notValues");
    if (values.isEmpty()) {
      throw when.invalid("values", "absent (expected: values or notValues)");
    }
    return new When(key, values);
  }

  private static Values values(Fields fields, String in, String notIn) {
    return new Values(patterns(fields, in), patterns(fields, notIn));
  }

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
