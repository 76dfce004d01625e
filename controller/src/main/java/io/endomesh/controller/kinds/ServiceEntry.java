package io.endomesh.controller.kinds;

import io.endomesh.dataplane.cluster.Locality;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A ServiceEntry of Istio, networking.istio.io/v1: a host that no workload of the mesh serves, such
 * as a database. Immutable.
 *
 * @param hosts in lower case
 */
public record ServiceEntry(
    Metadata metadata,
    List<String> hosts,
    List<Port> ports,
    Resolution resolution,
    List<Endpoint> endpoints)
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
  public record Port(int number, String name, String protocol, int target) {}

  /**
   * @param ports by name of the port
   */
  public record Endpoint(
      String address, Map<String, Integer> ports, Map<String, String> labels, int weight) {
    public Endpoint {
      ports = Map.copyOf(ports);
      labels = Map.copyOf(labels);
    }

    public int port(Port port) {
      return ports.getOrDefault(port.name(), port.target());
    }
  }

  public ServiceEntry {
    hosts = List.copyOf(hosts);
    ports = List.copyOf(ports);
    endpoints = List.copyOf(endpoints);
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
    List<Endpoint> endpoints = spec.objects("endpoints", fields -> endpoint(fields, ports));
    if (resolution == Resolution.STATIC && endpoints.isEmpty()) {
      throw spec.invalid("endpoints", "absent (expected: at least one, for resolution STATIC)");
    }
    if (resolution == Resolution.NONE && !endpoints.isEmpty()) {
      throw spec.invalid("endpoints", "present (expected: none, for resolution NONE)");
    }
    spec.skipped("location");
    spec.ignored("exportTo", "addresses");
    spec.unsupported("workloadSelector", "subjectAltNames");
    return new ServiceEntry(
        metadata,
        hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList(),
        ports,
        resolution,
        endpoints);
  }

  private static Port port(Fields fields) {
    int number = fields.integer("number", 1, 65535);
    return new Port(
        number,
        fields.string("name", String.valueOf(number)),
        fields.string("protocol", "TCP"),
        fields.integer("targetPort", 1, 65535, number));
  }

  private static Endpoint endpoint(Fields fields, List<Port> ports) {
    String address = fields.string("address");
    if (!IpAddress.isLiteral(address)) {
      throw fields.invalid("address", "'" + address + "' (expected: an IP address)");
    }
    Fields own = fields.objectOrEmpty("ports");
    Map<String, Integer> byName = new HashMap<>();
    for (Port port : ports) {
      if (own.has(port.name())) {
        byName.put(port.name(), own.integer(port.name(), 1, 65535));
      }
    }
    own.rejectUnknown();
    fields.ignored("network", "serviceAccount");
    Map<String, String> labels = fields.stringMap("labels");
    labels.putAll(locality(fields).labels());
    return new Endpoint(address, byName, labels, fields.integer("weight", 1, 1_000_000, 1));
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
