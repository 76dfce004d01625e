package io.endomesh.controller.kinds;

import io.endomesh.dataplane.cluster.Breaker;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A DatabasePolicy, endomesh.io/v1: what callers may have done in a database, and how long it may
 * take. It stands in the namespace of the database it is for. Immutable.
 *
 * @param hosts as URLs name the database, in lower case
 * @param targets the same by the resource that makes them known
 * @param roles which endpoints of a ServiceEntry are what; null if all are the same
 * @param statements what holds for each statement
 * @param breaker when nothing is asked of the database; null never opens
 * @param tls how callers reach it; null for what their drivers are told by themselves
 */
public record DatabasePolicy(
    Metadata metadata,
    List<String> hosts,
    List<Target> targets,
    @Nullable Roles roles,
    Statements statements,
    @Nullable Breaker breaker,
    @Nullable OriginatedTls tls)
    implements MeshResource {

  /**
   * Primary and replicas, told apart by labels of endpoints.
   *
   * @param primary empty for all that are no replica
   * @param readers hosts whose connections go to replicas, in lower case
   */
  public record Roles(
      Map<String, String> primary, Map<String, String> replicas, List<String> readers) {
    public Roles {
      primary = Map.copyOf(primary);
      replicas = Map.copyOf(replicas);
      readers = List.copyOf(readers);
    }

    public boolean isReplica(Map<String, String> labels) {
      return !replicas.isEmpty() && labels.entrySet().containsAll(replicas.entrySet());
    }

    public boolean isPrimary(Map<String, String> labels) {
      return !isReplica(labels) && labels.entrySet().containsAll(primary.entrySet());
    }
  }

  /** Kinds that make a database known to the mesh. */
  public enum TargetKind {
    ServiceEntry("networking.istio.io"),
    Service("");

    private final String group;

    TargetKind(String group) {
      this.group = group;
    }
  }

  /** In the namespace of the policy. */
  public record Target(TargetKind kind, String name) {}

  /**
   * @param allow empty allows everything to everybody
   * @param timeoutNanos whole seconds; null for none
   * @param slowAfterNanos null logs none
   * @param limit null for any number at a time
   * @param faults the first that is for a statement counts
   */
  public record Statements(
      List<Grant> allow,
      @Nullable Long timeoutNanos,
      @Nullable Long slowAfterNanos,
      @Nullable Limit limit,
      List<DatabaseFault> faults) {
    public Statements {
      allow = List.copyOf(allow);
      faults = List.copyOf(faults);
    }
  }

  /**
   * @param maxConcurrent of one workload
   * @param maxWaitNanos for which one more waits, 0 refuses it at once
   */
  public record Limit(int maxConcurrent, long maxWaitNanos) {}

  /** What a caller may have executed. */
  public enum StatementClass {
    READ,
    WRITE,
    DDL,
    CALL
  }

  /**
   * @param callers empty for everybody
   */
  public record Grant(List<Caller> callers, List<StatementClass> classes) {
    public Grant {
      callers = List.copyOf(callers);
      classes = List.copyOf(classes);
    }
  }

  /**
   * @param service null for all of the namespace
   */
  public record Caller(String namespace, @Nullable String service) {}

  /** A service as hosts name it, or all services of a namespace. */
  private static final Pattern CALLER =
      Pattern.compile("(\\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)(?:\\.([a-z0-9]([-a-z0-9]*[a-z0-9])?))?");

  public DatabasePolicy {
    hosts = List.copyOf(hosts);
    targets = List.copyOf(targets);
  }

  static DatabasePolicy read(Metadata metadata, Fields spec) {
    List<String> hosts = hosts(metadata, spec);
    List<Target> targets = spec.objects("targetRefs", DatabasePolicy::target);
    if (hosts.isEmpty() && targets.isEmpty()) {
      throw spec.invalid("hosts", "absent (expected: hosts or targetRefs)");
    }
    Fields statements = spec.objectOrEmpty("statements");
    DatabasePolicy policy =
        new DatabasePolicy(
            metadata,
            hosts,
            targets,
            roles(metadata, spec),
            statements(metadata, statements),
            BreakerFields.read(
                "DatabasePolicy/" + metadata.namespace() + "/" + metadata.name(), spec),
            tls(spec));
    statements.rejectUnknown();
    return policy;
  }

  private static List<String> hosts(Metadata metadata, Fields fields) {
    List<String> hosts = new ArrayList<>();
    for (String host : fields.strings("hosts")) {
      String where = "hosts[" + hosts.size() + "]";
      String lowerCase = host.toLowerCase(Locale.ROOT);
      if (lowerCase.isEmpty() || lowerCase.contains("*") || lowerCase.contains(":")) {
        throw fields.invalid(
            where, "'" + host + "' (expected: a host name without wildcard and port)");
      }
      if (lowerCase.split("\\.", -1).length > 2) {
        // Of two labels it is not known here whether they are a service or an external host.
        HostNames.requireOwn(metadata, fields, where, lowerCase);
      }
      hosts.add(lowerCase);
    }
    return hosts;
  }

  private static @Nullable Roles roles(Metadata metadata, Fields spec) {
    Fields primary = spec.objectOrEmpty("primary");
    Fields replicas = spec.objectOrEmpty("replicas");
    Roles roles =
        new Roles(
            primary.stringMap("matchLabels"),
            replicas.stringMap("matchLabels"),
            hosts(metadata, replicas));
    primary.rejectUnknown();
    replicas.rejectUnknown();
    if (spec.has("primary") && roles.primary().isEmpty()) {
      throw primary.invalid("matchLabels", "absent (expected: labels of endpoints)");
    }
    if (spec.has("replicas") && roles.replicas().isEmpty()) {
      throw replicas.invalid("matchLabels", "absent (expected: labels of endpoints)");
    }
    return spec.has("primary") || spec.has("replicas") ? roles : null;
  }

  /** As in a DestinationRule, but that a workload has one certificate, and MUTUAL shows it. */
  private static @Nullable OriginatedTls tls(Fields spec) {
    Fields fields = spec.optionalObject("tls");
    if (fields == null) {
      return null;
    }
    String mode = fields.string("mode");
    if (!mode.equals("SIMPLE") && !mode.equals("MUTUAL")) {
      throw fields.invalid("mode", "'" + mode + "' (expected: SIMPLE or MUTUAL)");
    }
    OriginatedTls tls = OriginatedTls.read(fields, mode.equals("MUTUAL"));
    fields.rejectUnknown();
    return tls;
  }

  private static Target target(Fields fields) {
    TargetKind kind = fields.oneOf("kind", TargetKind.class, TargetKind.ServiceEntry);
    String group = fields.string("group", kind.group);
    if (!group.equals(kind.group)) {
      throw fields.invalid(
          "group", "'" + group + "' (expected: '" + kind.group + "', the group of " + kind + ")");
    }
    return new Target(kind, fields.string("name"));
  }

  private static Statements statements(Metadata metadata, Fields fields) {
    Long timeout = positive(fields, "timeout");
    if (timeout != null && timeout % TimeUnit.SECONDS.toNanos(1) != 0) {
      throw fields.invalid(
          "timeout",
          fields.string("timeout")
              + " (expected: whole seconds, in which JDBC counts time-outs of statements)");
    }
    if (timeout != null && timeout > TimeUnit.DAYS.toNanos(1)) {
      throw fields.invalid("timeout", fields.string("timeout") + " (expected: 24h at most)");
    }
    return new Statements(
        fields.objects("allow", grant -> grant(metadata, grant)),
        timeout,
        positive(fields, "slowAfter"),
        limit(fields),
        fields.objects("faults", fault -> DatabaseFault.read(metadata, fault)));
  }

  private static @Nullable Limit limit(Fields fields) {
    Long wait = fields.durationNanos("maxWait");
    if (!fields.has("maxConcurrent")) {
      if (wait != null) {
        throw fields.invalid("maxWait", "alone (expected: maxConcurrent beside it)");
      }
      return null;
    }
    if (wait != null && wait > TimeUnit.MINUTES.toNanos(1)) {
      throw fields.invalid("maxWait", fields.string("maxWait") + " (expected: 1m at most)");
    }
    return new Limit(fields.integer("maxConcurrent", 1, MAX_CONCURRENT), wait == null ? 0 : wait);
  }

  /** More than any pool has connections; it would be no limit. */
  private static final int MAX_CONCURRENT = 100_000;

  private static @Nullable Long positive(Fields fields, String name) {
    Long nanos = fields.durationNanos(name);
    if (nanos != null && nanos == 0) {
      throw fields.invalid(name, "'" + fields.string(name) + "' (expected: more than 0)");
    }
    return nanos;
  }

  private static Grant grant(Metadata metadata, Fields fields) {
    List<StatementClass> classes = classes(fields);
    if (classes.isEmpty()) {
      throw fields.invalid("classes", "absent (expected: READ, WRITE, DDL or CALL)");
    }
    return new Grant(callers(metadata, fields), classes);
  }

  /** Empty for everybody. */
  static List<Caller> callers(Metadata metadata, Fields fields) {
    List<Caller> callers = new ArrayList<>();
    List<String> written = fields.strings("callers");
    for (int i = 0; i < written.size(); i++) {
      callers.add(caller(metadata, fields, "callers[" + i + "]", written.get(i)));
    }
    if (callers.isEmpty() && fields.has("callers")) {
      // It reads as "nobody" and would mean "everybody".
      throw fields.invalid("callers", "empty (expected: callers, or no such field)");
    }
    return callers;
  }

  static List<StatementClass> classes(Fields fields) {
    List<StatementClass> classes = new ArrayList<>();
    List<String> names = fields.strings("classes");
    for (int i = 0; i < names.size(); i++) {
      classes.add(statementClass(fields, "classes[" + i + "]", names.get(i)));
    }
    return classes;
  }

  private static Caller caller(Metadata metadata, Fields fields, String where, String text) {
    var matcher = CALLER.matcher(text);
    String namespace = matcher.matches() ? matcher.group(3) : null;
    if (!matcher.matches() || (matcher.group(1).equals("*") && namespace == null)) {
      throw fields.invalid(
          where, "'" + text + "' (expected: SERVICE, SERVICE.NAMESPACE or *.NAMESPACE)");
    }
    return new Caller(
        namespace == null ? metadata.namespace() : namespace,
        matcher.group(1).equals("*") ? null : matcher.group(1));
  }

  private static StatementClass statementClass(Fields fields, String where, String name) {
    for (StatementClass each : StatementClass.values()) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    List<String> names = List.of("READ", "WRITE", "DDL", "CALL");
    throw fields.invalid(
        where,
        "'"
            + name
            + "' (expected: "
            + String.join(", ", names)
            + ")"
            + Nearest.suggestion(name, names));
  }
}
