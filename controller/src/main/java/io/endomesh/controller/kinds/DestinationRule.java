package io.endomesh.controller.kinds;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A DestinationRule of Istio, networking.istio.io/v1: how the endpoints of a host are chosen and
 * protected, and which of them are a subset. Fields and defaults are Istio's. Immutable.
 *
 * @param host as written: {@code orders}, {@code orders.shop}, or an external host
 */
public record DestinationRule(
    Metadata metadata, String host, TrafficPolicy policy, List<Subset> subsets)
    implements MeshResource {

  /**
   * @param labels that the workloads of the subset carry
   * @param policy what it leaves open is the rule's
   */
  public record Subset(String name, Map<String, String> labels, TrafficPolicy policy) {
    public Subset {
      labels = Map.copyOf(labels);
    }
  }

  /** How callers reach the endpoints. */
  public sealed interface Tls {

    /**
     * Mutual TLS of the mesh, wherever the other side takes it.
     *
     * @param identities of which the other side must prove one; empty for those that are known
     */
    record Mesh(List<String> identities) implements Tls {

      public static final Mesh KNOWN = new Mesh(List.of());

      public Mesh {
        identities = List.copyOf(identities);
      }
    }

    /** No TLS but the application's own. */
    record Disabled() implements Tls {}

    record Originated(OriginatedTls tls) implements Tls {}
  }

  /**
   * Each part null where nothing is said.
   *
   * @param ports what is said of single ports
   */
  public record TrafficPolicy(
      @Nullable LoadBalancer loadBalancer,
      @Nullable ConnectionPool connectionPool,
      @Nullable Outliers outliers,
      @Nullable RetryBudget retryBudget,
      @Nullable Tls tls,
      Map<Integer, TrafficPolicy> ports) {

    public static final TrafficPolicy NONE =
        new TrafficPolicy(null, null, null, null, null, Map.of());

    public TrafficPolicy {
      ports = Map.copyOf(ports);
    }

    /** This policy for a port, where it says nothing the other; as Istio puts them together. */
    TrafficPolicy over(TrafficPolicy other, int port) {
      TrafficPolicy ofPort = ports.get(port);
      RetryBudget budget = retryBudget != null ? retryBudget : other.retryBudget;
      if (ofPort != null) {
        // Istio: what is said of a port inherits nothing, but what cannot be said of one.
        return new TrafficPolicy(
            ofPort.loadBalancer,
            ofPort.connectionPool,
            ofPort.outliers,
            budget,
            ofPort.tls,
            Map.of());
      }
      return new TrafficPolicy(
          loadBalancer != null ? loadBalancer : other.loadBalancer,
          connectionPool != null ? connectionPool : other.connectionPool,
          outliers != null ? outliers : other.outliers,
          budget,
          tls != null ? tls : other.tls,
          Map.of());
    }

    private boolean beginsTls() {
      return tls instanceof Tls.Originated
          || ports.values().stream().anyMatch(TrafficPolicy::beginsTls);
    }
  }

  /** The names of Istio, and Linkerd's balancing, for which Istio has no name. */
  public enum Simple {
    UNSPECIFIED,
    LEAST_REQUEST,
    LEAST_CONN,
    ROUND_ROBIN,
    RANDOM,
    PEAK_EWMA
  }

  /**
   * @param hash null if balancing is not by hash
   * @param warmup null gives new endpoints their full share at once
   * @param locality null where nothing is said: then {@link LocalityLb#DEFAULT}
   */
  public record LoadBalancer(
      Simple simple, @Nullable Hash hash, @Nullable Warmup warmup, @Nullable LocalityLb locality) {}

  /**
   * What is hashed: exactly one of the first three.
   *
   * @param cookieNanos how long a cookie lives that is made where there is none, 0 until the
   *     application ends its session; null makes none
   */
  public record Hash(
      @Nullable String header,
      @Nullable String cookie,
      @Nullable Long cookieNanos,
      @Nullable String queryParameter,
      @Nullable Integer maglevTableSize,
      @Nullable Integer minimumRingSize) {}

  /**
   * @param minimumPercent share from the start
   */
  public record Warmup(long durationNanos, double aggression, double minimumPercent) {}

  /** Limits, each null for none. */
  public record ConnectionPool(
      @Nullable Integer maxConnections,
      @Nullable Integer maxPending,
      @Nullable Integer maxRequests,
      @Nullable Integer maxRetries) {}

  /**
   * @param consecutive5xx 0 is off
   * @param consecutiveGatewayErrors 0 is off
   * @param consecutiveLocalErrors 0 is off
   */
  public record Outliers(
      int consecutive5xx,
      int consecutiveGatewayErrors,
      int consecutiveLocalErrors,
      @Nullable Long intervalNanos,
      @Nullable Long baseEjectionNanos,
      @Nullable Integer maxEjectionPercent,
      int minHealthPercent) {}

  public record RetryBudget(int percent, int minConcurrency) {}

  public DestinationRule {
    subsets = List.copyOf(subsets);
  }

  /**
   * What holds for a port.
   *
   * @param subset null for all endpoints; one that there is not is as none
   */
  public TrafficPolicy policy(@Nullable String subset, int port) {
    TrafficPolicy all = policy.over(TrafficPolicy.NONE, port);
    for (Subset candidate : subsets) {
      if (candidate.name().equals(subset)) {
        return candidate.policy().over(all, port);
      }
    }
    return all;
  }

  /** True if callers begin TLS of their own with any of its ports, or subsets. */
  public boolean beginsTls() {
    return policy.beginsTls() || subsets.stream().anyMatch(subset -> subset.policy().beginsTls());
  }

  static DestinationRule read(Metadata metadata, Fields spec) {
    String host = spec.string("host").toLowerCase(Locale.ROOT);
    if (host.contains("*")) {
      throw spec.invalid("host", "'" + host + "' (expected: no wildcard)");
    }
    if (host.split("\\.", -1).length > 2) {
      // Of two labels it is not known here whether they are a service or an external host.
      HostNames.requireOwn(metadata, spec, "host", host);
    }
    TrafficPolicy policy = policy(spec, true);
    List<String> names = new ArrayList<>();
    List<Subset> subsets =
        spec.objects(
            "subsets",
            fields -> {
              String name = fields.string("name");
              if (names.contains(name)) {
                throw fields.invalid("name", "'" + name + "' twice (expected: once)");
              }
              names.add(name);
              Map<String, String> labels = fields.stringMap("labels");
              if (labels.isEmpty()) {
                throw fields.invalid("labels", "absent (expected: labels that tell its workloads)");
              }
              return new Subset(name, labels, policy(fields, false));
            });
    spec.ignored("exportTo");
    spec.unsupported("workloadSelector");
    return new DestinationRule(metadata, host, policy, subsets);
  }

  private static TrafficPolicy policy(Fields holder, boolean whole) {
    Fields fields = holder.optionalObject("trafficPolicy");
    if (fields == null) {
      return TrafficPolicy.NONE;
    }
    fields.unsupported("tunnel", "proxyProtocol");
    TrafficPolicy policy =
        new TrafficPolicy(
            loadBalancer(fields),
            connectionPool(fields),
            outliers(fields),
            retryBudget(fields),
            ClientTlsFields.read(fields),
            ports(fields));
    fields.rejectUnknown();
    if (whole) {
      warnOfNoFailover(fields, policy);
    }
    return policy;
  }

  private static Map<Integer, TrafficPolicy> ports(Fields holder) {
    Map<Integer, TrafficPolicy> ports = new HashMap<>();
    holder.objects(
        "portLevelSettings",
        fields -> {
          Fields number = fields.object("port");
          int port = number.integer("number", 1, MAX_PORT);
          number.rejectUnknown();
          TrafficPolicy policy =
              new TrafficPolicy(
                  loadBalancer(fields),
                  connectionPool(fields),
                  outliers(fields),
                  null,
                  ClientTlsFields.read(fields),
                  Map.of());
          if (ports.put(port, policy) != null) {
            throw number.invalid("number", port + " twice (expected: once)");
          }
          return policy;
        });
    return ports;
  }

  private static final int MAX_PORT = 65_535;

  /** Istio says so too: nobody notices that an endpoint fails, so nothing fails over. */
  private static void warnOfNoFailover(Fields fields, TrafficPolicy policy) {
    LocalityLb locality = policy.loadBalancer() == null ? null : policy.loadBalancer().locality();
    if (locality != null
        && locality.enabled()
        && locality.distribute().isEmpty()
        && policy.outliers() == null) {
      fields.warn(
          "loadBalancer.localityLbSetting", "has no effect without outlierDetection, as in Istio");
    }
  }

  private static @Nullable LoadBalancer loadBalancer(Fields holder) {
    Fields fields = holder.optionalObject("loadBalancer");
    if (fields == null) {
      return null;
    }
    Simple simple = fields.oneOf("simple", Simple.class, Simple.UNSPECIFIED);
    Fields hash = fields.optionalObject("consistentHash");
    if (hash != null && fields.has("simple")) {
      throw fields.invalid("consistentHash", "beside simple (expected: one of them)");
    }
    Warmup warmup = warmup(fields);
    if (warmup != null && (hash != null || !WARMING_UP.contains(simple))) {
      throw fields.invalid(
          fields.has("warmup") ? "warmup" : "warmupDurationSecs",
          "beside "
              + (hash == null ? simple : "consistentHash")
              + " (expected: LEAST_REQUEST or ROUND_ROBIN; others have no shares to grow)");
    }
    LoadBalancer balancer =
        new LoadBalancer(simple, hash == null ? null : hash(hash), warmup, LocalityLb.read(fields));
    fields.rejectUnknown();
    return balancer;
  }

  /** As Istio and Envoy have it. */
  private static final Set<Simple> WARMING_UP =
      Set.of(Simple.UNSPECIFIED, Simple.LEAST_REQUEST, Simple.LEAST_CONN, Simple.ROUND_ROBIN);

  private static Hash hash(Fields fields) {
    fields.unsupported("useSourceIp");
    Fields cookie = fields.optionalObject("httpCookie");
    String cookieName = null;
    Long cookieNanos = null;
    if (cookie != null) {
      cookieName = cookie.string("name");
      if (!HeaderNames.isToken(cookieName)) {
        throw cookie.invalid("name", "'" + cookieName + "' (expected: the name of a cookie)");
      }
      cookieNanos = cookie.durationNanos("ttl");
      String path = cookie.string("path", "/");
      if (!path.equals("/")) {
        throw cookie.invalid(
            "path", "'" + path + "' (expected: /, as the cookie is for all calls)");
      }
      cookie.unsupported("attributes");
      cookie.rejectUnknown();
    }
    String header =
        fields.has("httpHeaderName")
            ? HeaderNames.read(fields, "httpHeaderName", fields.string("httpHeaderName"))
            : null;
    String parameter =
        fields.has("httpQueryParameterName") ? fields.string("httpQueryParameterName") : null;
    int given = (header == null ? 0 : 1) + (cookie == null ? 0 : 1) + (parameter == null ? 0 : 1);
    if (given != 1) {
      throw fields.invalid(
          "httpHeaderName",
          given
              + " things to hash (expected: one of httpHeaderName, httpCookie,"
              + " httpQueryParameterName)");
    }
    Fields maglev = fields.optionalObject("maglev");
    Fields ring = fields.optionalObject("ringHash");
    if (maglev != null && (ring != null || fields.has("minimumRingSize"))) {
      throw fields.invalid("maglev", "beside a ring (expected: one of them)");
    }
    Integer table = null;
    if (maglev != null) {
      table = maglev.integer("tableSize", 3, 5_000_011, 65_537);
      if (!BigInteger.valueOf(table).isProbablePrime(PRIME_CERTAINTY)) {
        throw maglev.invalid("tableSize", table + " (expected: a prime number)");
      }
      maglev.rejectUnknown();
    }
    Integer size = fields.has("minimumRingSize") ? (Integer) ringSize(fields) : null;
    if (ring != null) {
      size = ringSize(ring);
      ring.rejectUnknown();
    }
    fields.rejectUnknown();
    return new Hash(header, cookieName, cookieNanos, parameter, table, size);
  }

  /** Wrong once in 2^50 times. */
  private static final int PRIME_CERTAINTY = 50;

  private static int ringSize(Fields fields) {
    return fields.integer("minimumRingSize", 1, 8 * 1024 * 1024, 1024);
  }

  private static @Nullable Warmup warmup(Fields fields) {
    Long seconds = fields.durationNanos("warmupDurationSecs");
    Fields warmup = fields.optionalObject("warmup");
    if (warmup == null) {
      return seconds == null ? null : new Warmup(seconds, 1, 10);
    }
    Long duration = warmup.durationNanos("duration");
    if (duration == null || duration == 0) {
      throw warmup.invalid("duration", "absent (expected: a duration such as 30s)");
    }
    Warmup result =
        new Warmup(
            duration,
            warmup.decimal("aggression", 1, 100, 1),
            warmup.decimal("minimumPercent", 0, 100, 10));
    warmup.rejectUnknown();
    return result;
  }

  private static @Nullable ConnectionPool connectionPool(Fields holder) {
    Fields fields = holder.optionalObject("connectionPool");
    if (fields == null) {
      return null;
    }
    Fields tcp = fields.objectOrEmpty("tcp");
    Fields http = fields.objectOrEmpty("http");
    ofTheClient(tcp, "connectTimeout", "tcpKeepalive", "maxConnectionDuration", "idleTimeout");
    ofTheClient(
        http,
        "maxRequestsPerConnection",
        "idleTimeout",
        "h2UpgradePolicy",
        "useClientProtocol",
        "maxConcurrentStreams");
    ConnectionPool pool =
        new ConnectionPool(
            limit(tcp, "maxConnections"),
            limit(http, "http1MaxPendingRequests"),
            limit(http, "http2MaxRequests"),
            limit(http, "maxRetries"));
    tcp.rejectUnknown();
    http.rejectUnknown();
    fields.rejectUnknown();
    return pool;
  }

  /** The mesh makes no connections, and not all libraries would let it say these. */
  private static void ofTheClient(Fields fields, String... names) {
    for (String name : names) {
      if (fields.has(name)) {
        throw fields.invalid(
            name,
            "not supported (expected: absent; connections are made and kept by the application's"
                + " own client, where it can be set)");
      }
    }
  }

  private static @Nullable Integer limit(Fields fields, String name) {
    return fields.has(name) ? (Integer) fields.integer(name, 1, Integer.MAX_VALUE) : null;
  }

  private static @Nullable Outliers outliers(Fields holder) {
    Fields fields = holder.optionalObject("outlierDetection");
    if (fields == null) {
      return null;
    }
    fields.unsupported("consecutiveErrors");
    boolean split = fields.bool("splitExternalLocalOriginErrors", false);
    int local = fields.integer("consecutiveLocalOriginFailures", 0, 1_000_000, split ? 5 : 0);
    if (!split) {
      fields.withoutEffect(
          "without splitExternalLocalOriginErrors, as in Istio", "consecutiveLocalOriginFailures");
    }
    Outliers outliers =
        new Outliers(
            fields.integer("consecutive5xxErrors", 0, 1_000_000, 5),
            fields.integer("consecutiveGatewayErrors", 0, 1_000_000, 0),
            split ? local : 0,
            positive(fields, "interval"),
            positive(fields, "baseEjectionTime"),
            fields.has("maxEjectionPercent")
                ? (Integer) fields.integer("maxEjectionPercent", 0, 100)
                : null,
            fields.integer("minHealthPercent", 0, 100, 0));
    fields.rejectUnknown();
    return outliers;
  }

  private static @Nullable Long positive(Fields fields, String name) {
    Long nanos = fields.durationNanos(name);
    if (nanos != null && nanos == 0) {
      throw fields.invalid(name, "'" + fields.string(name) + "' (expected: more than 0)");
    }
    return nanos;
  }

  private static @Nullable RetryBudget retryBudget(Fields holder) {
    Fields fields = holder.optionalObject("retryBudget");
    if (fields == null) {
      return null;
    }
    RetryBudget budget =
        new RetryBudget(
            fields.integer("percent", 0, 100, 20),
            fields.integer("minRetryConcurrency", 0, 1_000_000, 3));
    fields.rejectUnknown();
    return budget;
  }
}
