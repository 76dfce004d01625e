package io.endomesh.controller.kinds;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which department may reach which: one line of policy each. A department is a namespace, or
 * several under a name. A kind of our own: Istio says the same in a policy of each namespace that
 * is called. Immutable.
 *
 * @param departments names that stand for several namespaces
 * @param deny who may not reach whom
 * @param allow who may reach whom; a department that is there on the right side is reached by
 *     nobody else
 * @param dryRun that it is asked and told, and decides nothing
 */
public record DepartmentPolicy(
    Metadata metadata,
    Map<String, List<String>> departments,
    List<Line> deny,
    List<Line> allow,
    boolean dryRun)
    implements MeshResource {

  /** Where they are: who writes one speaks for all departments. */
  public static final String NAMESPACE = "endomesh-system";

  public static final String ANY = "*";

  /** {@code marketing -> payments}; one of both may be {@link #ANY}. */
  public record Line(String source, String destination) {
    @Override
    public String toString() {
      return source + " -> " + destination;
    }
  }

  /** Names as of namespaces (RFC 1123). */
  private static final String NAME = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";

  private static final Pattern LINE =
      Pattern.compile("\\s*(\\*|" + NAME + ")\\s*->\\s*(\\*|" + NAME + ")\\s*");

  public DepartmentPolicy {
    departments = Map.copyOf(departments);
    deny = List.copyOf(deny);
    allow = List.copyOf(allow);
  }

  /** The namespaces that a department is; not of {@link #ANY}. */
  public List<String> namespaces(String department) {
    return departments.getOrDefault(department, List.of(department));
  }

  static DepartmentPolicy read(Metadata metadata, Fields spec) {
    if (!metadata.namespace().equals(NAMESPACE)) {
      throw new InvalidFieldException(
          "metadata.namespace",
          "'" + metadata.namespace() + "' (expected: " + NAMESPACE + ", for it speaks for all)");
    }
    Fields named = spec.objectOrEmpty("departments");
    Map<String, List<String>> departments = new LinkedHashMap<>();
    for (String name : named.names()) {
      departments.put(name, members(named, name));
    }
    DepartmentPolicy policy =
        new DepartmentPolicy(
            metadata,
            departments,
            lines(spec, "deny"),
            lines(spec, "allow"),
            Annotations.dryRun(metadata));
    Set<Line> denied = new HashSet<>(policy.deny());
    for (int i = 0; i < policy.allow().size(); i++) {
      if (denied.contains(policy.allow().get(i))) {
        throw spec.invalid(
            "allow[" + i + "]",
            "'" + policy.allow().get(i) + "' is denied, too (expected: one of both)");
      }
    }
    return policy;
  }

  private static List<String> members(Fields named, String name) {
    List<String> namespaces = named.strings(name);
    if (!name.matches(NAME)) {
      throw named.invalid(name, "no name of a department (expected: as of a namespace)");
    }
    if (namespaces.isEmpty()) {
      throw named.invalid(name, "no namespace (expected: at least one)");
    }
    for (int i = 0; i < namespaces.size(); i++) {
      if (!namespaces.get(i).matches(NAME)) {
        throw named.invalid(
            name + "[" + i + "]", "'" + namespaces.get(i) + "' (expected: a namespace)");
      }
    }
    return namespaces;
  }

  private static List<Line> lines(Fields spec, String name) {
    List<String> texts = spec.strings(name);
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      Matcher parts = LINE.matcher(texts.get(i));
      if (!parts.matches() || parts.group(1).equals(parts.group(2))) {
        throw spec.invalid(
            name + "[" + i + "]",
            "'"
                + texts.get(i)
                + "' (expected: two departments, as in marketing -> payments; * is any)");
      }
      lines.add(new Line(parts.group(1), parts.group(2)));
    }
    return lines;
  }
}
