package io.endomesh.controller.kinds;

import io.endomesh.dataplane.cluster.Locality;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A ServiceEntry of Istio, networking.istio.io/v1: a host that no workload of the mesh serves, such
 * as a database. Immutable.
 *
 * @param hosts in lower case
 * @param addresses IP addresses by which applications call the hosts
 * @param selector labels of the workloads and WorkloadEntries that are its endpoints; empty if
 *     {@code endpoints} are
 * @param subjectAltNames that servers may prove; empty for those that follow from where they are
 */
public record ServiceEntry(
    Metadata metadata,
    List<String> hosts,
    List<String> addresses,
    List<Port> ports,
    Location location,
    Resolution resolution,
    List<Endpoint> endpoints,
    Map<String, String> selector,
    List<String> subjectAltNames)
    implements MeshResource {

  public enum Resolution {
    /** Where the application would go by itself. */
    NONE,
    /** The endpoints' IP addresses. */
    STATIC,
    /** As DNS has the host: without endpoints, where the application would go by itself. */
    DNS
  }

  /**
   * @param target at the endpoints, unless they name another
   */
  public record Port(int number, String name, String protocol, int target) {

    /**
     * Istio's names of what rules for HTTP are for. Of {@code HTTPS}, which Istio's proxies see
     * from outside only, an agent sees the requests.
     */
    private static final Set<String> HTTP =
        Set.of("HTTP", "HTTP2", "GRPC", "GRPC-WEB", "HTTP_PROXY", "HTTPS");

    /** True if rules for HTTP hold for its calls. */
    public boolean isHttp() {
      return HTTP.contains(protocol.toUpperCase(Locale.ROOT));
    }

    /** True if applications speak TLS there. */
    public boolean isTls() {
      return protocol.equalsIgnoreCase("HTTPS") || protocol.equalsIgnoreCase("TLS");
    }
  }

  public enum Location {
    MESH_EXTERNAL,
    /** Its servers may take the mesh's TLS. */
    MESH_INTERNAL
  }

  /**
   * One server: in a ServiceEntry, or as a {@link WorkloadEntry}.
   *
   * @param address an IP address, or a name that the clients ask DNS for
   * @param ports by name of the port
   * @param labels with those that say where it is, if it does
   * @param serviceAccount last part of its SPIFFE id
   */
  public record Endpoint(
      String address,
      Map<String, Integer> ports,
      Map<String, String> labels,
      String serviceAccount,
      int weight) {

    /** Of an endpoint that names none. */
    public static final String DEFAULT_ACCOUNT = "default";

    /** Istio's label of servers that take the mesh's TLS. */
    private static final String TLS_MODE = "security.istio.io/tlsMode";

    public Endpoint {
      ports = Map.copyOf(ports);
      labels = Map.copyOf(labels);
    }

    public int port(Port port) {
      return ports.getOrDefault(port.name(), port.target());
    }

    public boolean isName() {
      return !IpAddress.isLiteral(address);
    }

    public boolean takesMeshTls() {
      return "istio".equals(labels.get(TLS_MODE));
    }

    static Endpoint read(Fields fields) {
      String address = fields.string("address").toLowerCase(Locale.ROOT);
      if (!IpAddress.isLiteral(address) && !HostNames.isName(address)) {
        throw fields.invalid("address", "'" + address + "' (expected: an IP address or a name)");
      }
      fields.unsupported("network");
      Map<String, String> labels = fields.stringMap("labels");
      labels.putAll(locality(fields).labels());
      return new Endpoint(
          address,
          fields.integerMap("ports", 1, 65535),
          labels,
          fields.string("serviceAccount", DEFAULT_ACCOUNT),
          fields.integer("weight", 1, 1_000_000, 1));
    }

    private static Locality locality(Fields fields) {
      String text = fields.optionalString("locality");
      Locality locality = text == null ? Locality.NONE : Locality.parse(text);
      if (locality == null) {
        throw fields.invalid(
            "locality", "'" + text + "' (expected: region, region/zone or region/zone/subzone)");
      }
      return locality;
    }
  }

  public ServiceEntry {
    hosts = List.copyOf(hosts);
    addresses = List.copyOf(addresses);
    ports = List.copyOf(ports);
    endpoints = List.copyOf(endpoints);
    selector = Map.copyOf(selector);
    subjectAltNames = List.copyOf(subjectAltNames);
  }

  static ServiceEntry read(Metadata metadata, Fields spec) {
    List<String> hosts = spec.strings("hosts");
    if (hosts.isEmpty()) {
      throw spec.invalid("hosts", "absent (expected: at least one host name)");
    }
    for (int i = 0; i < hosts.size(); i++) {
      if (hosts.get(i).contains("*")) {
        throw spec.invalid("hosts[" + i + "]", "'" + hosts.get(i) + "' (expected: no wildcard)");
      }
    }
    List<Port> ports = spec.objects("ports", ServiceEntry::port);
    if (ports.isEmpty()) {
      throw spec.invalid("ports", "absent (expected: at least one port)");
    }
    Resolution resolution = spec.oneOf("resolution", Resolution.class, Resolution.NONE);
    List<Endpoint> endpoints =
        spec.objects("endpoints", fields -> endpoint(fields, ports, resolution));
    Map<String, String> selector = selector(spec);
    if (!selector.isEmpty() && !endpoints.isEmpty()) {
      throw spec.invalid("workloadSelector", "beside endpoints (expected: one of them)");
    }
    if (!selector.isEmpty() && resolution == Resolution.NONE) {
      throw spec.invalid("resolution", "NONE (expected: STATIC or DNS, with workloadSelector)");
    }
    if (resolution == Resolution.STATIC && endpoints.isEmpty() && selector.isEmpty()) {
      throw spec.invalid("endpoints", "absent (expected: at least one, for resolution STATIC)");
    }
    if (resolution == Resolution.NONE && !endpoints.isEmpty()) {
      throw spec.invalid("endpoints", "present (expected: none, for resolution NONE)");
    }
    List<String> exportTo = spec.strings("exportTo");
    if (!exportTo.isEmpty() && !exportTo.equals(List.of("*"))) {
      throw spec.invalid(
          "exportTo", exportTo + " (expected: \"*\"; a Sidecar says who may call what)");
    }
    List<String> subjectAltNames = spec.strings("subjectAltNames");
    if (resolution == Resolution.NONE
        && subjectAltNames.stream().anyMatch(name -> name.startsWith("spiffe://"))) {
      spec.warn(
          "subjectAltNames",
          "no effect with resolution NONE, by which calls go where the application says (expected:"
              + " STATIC or DNS)");
    }
    return new ServiceEntry(
        metadata,
        hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList(),
        addresses(spec),
        ports,
        spec.oneOf("location", Location.class, Location.MESH_EXTERNAL),
        resolution,
        endpoints,
        selector,
        subjectAltNames);
  }

  /** True if {@link #addresses} names this one. */
  public boolean hasAddress(String address) {
    return addresses.contains(address);
  }

  private static List<String> addresses(Fields spec) {
    List<String> addresses = spec.strings("addresses");
    for (int i = 0; i < addresses.size(); i++) {
      if (!IpAddress.isLiteral(addresses.get(i))) {
        throw spec.invalid(
            "addresses[" + i + "]",
            "'" + addresses.get(i) + "' (expected: an IP address; prefixes are not supported)");
      }
    }
    return addresses;
  }

  private static Port port(Fields fields) {
    int number = fields.integer("number", 1, 65535);
    return new Port(
        number,
        fields.string("name", String.valueOf(number)),
        fields.string("protocol", "TCP"),
        fields.integer("targetPort", 1, 65535, number));
  }

  private static Endpoint endpoint(Fields fields, List<Port> ports, Resolution resolution) {
    Endpoint endpoint = Endpoint.read(fields);
    if (endpoint.isName() && resolution != Resolution.DNS) {
      throw fields.invalid(
          "address", "'" + endpoint.address() + "' (expected: an IP address, or resolution DNS)");
    }
    List<String> names = ports.stream().map(Port::name).toList();
    for (String name : endpoint.ports().keySet()) {
      if (!names.contains(name)) {
        throw fields.invalid(
            "ports." + name, "no port has this name (expected: one of " + names + ")");
      }
    }
    return endpoint;
  }

  private static Map<String, String> selector(Fields spec) {
    Fields selector = spec.optionalObject("workloadSelector");
    if (selector == null) {
      return Map.of();
    }
    Map<String, String> labels = selector.stringMap("labels");
    selector.rejectUnknown();
    if (labels.isEmpty()) {
      throw selector.invalid("labels", "absent (expected: labels of WorkloadEntries or workloads)");
    }
    return labels;
  }
}
