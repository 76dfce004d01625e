package io.endomesh.controller.kinds;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Sidecar of Istio, networking.istio.io/v1: what workloads may call. There is no second process;
 * the name is Istio's. Immutable.
 *
 * @param selector labels of the workloads it is for; empty for all of its namespace
 * @param egress hosts of the mesh's registry that they may call
 * @param mode what happens to calls of other hosts
 */
public record Sidecar(
    Metadata metadata, Map<String, String> selector, List<EgressHost> egress, Mode mode)
    implements MeshResource {

  /** {@code outboundTrafficPolicy.mode}. */
  public enum Mode {
    /** The application goes where it would without a mesh. */
    ALLOW_ANY,
    /** The call is refused. */
    REGISTRY_ONLY
  }

  /**
   * Which hosts of which namespace: {@code namespace/dnsName}.
   *
   * @param namespace of the service or ServiceEntry; null for every one
   * @param host null for every one; else a name, or {@code *.} and the end of names
   */
  public record EgressHost(@Nullable String namespace, @Nullable String host) {}

  public Sidecar {
    selector = Map.copyOf(selector);
    egress = List.copyOf(egress);
  }

  static Sidecar read(Metadata metadata, Fields spec) {
    Map<String, String> selector = Map.of();
    Fields workloads = spec.optionalObject("workloadSelector");
    if (workloads != null) {
      selector = workloads.stringMap("labels");
      workloads.rejectUnknown();
      if (selector.isEmpty()) {
        throw workloads.invalid("labels", "absent (expected: labels of the workloads)");
      }
    }
    List<List<EgressHost>> listeners = spec.objects("egress", fields -> egress(metadata, fields));
    List<EgressHost> egress =
        listeners.isEmpty()
            ? List.of(new EgressHost(null, null))
            : listeners.stream().flatMap(List::stream).toList();
    spec.unsupported("ingress", "inboundConnectionPool");
    return new Sidecar(metadata, selector, egress, mode(spec));
  }

  private static Mode mode(Fields spec) {
    Fields policy = spec.optionalObject("outboundTrafficPolicy");
    if (policy == null) {
      return Mode.ALLOW_ANY;
    }
    // Istio reads an absent one as REGISTRY_ONLY, which nobody who leaves it out expects.
    if (!policy.has("mode")) {
      throw policy.invalid("mode", "absent (expected: ALLOW_ANY or REGISTRY_ONLY)");
    }
    Mode mode = policy.oneOf("mode", Mode.class, Mode.ALLOW_ANY);
    policy.unsupported("egressProxy");
    policy.rejectUnknown();
    return mode;
  }

  private static List<EgressHost> egress(Metadata metadata, Fields fields) {
    fields.unsupported("port", "bind", "captureMode");
    List<String> hosts = fields.strings("hosts");
    if (hosts.isEmpty()) {
      throw fields.invalid("hosts", "absent (expected: at least one namespace/host)");
    }
    return hosts.stream()
        .filter(host -> !host.startsWith("~/"))
        .map(host -> egressHost(metadata, fields, host))
        .toList();
  }

  private static EgressHost egressHost(Metadata metadata, Fields fields, String text) {
    int slash = text.indexOf('/');
    String namespace = text.substring(0, Math.max(0, slash));
    String host = text.substring(slash + 1).toLowerCase(Locale.ROOT);
    String wild = host.startsWith("*.") ? host.substring(2) : host;
    if (namespace.isEmpty()
        || namespace.contains("*") && !namespace.equals("*")
        || wild.isEmpty()
        || wild.contains("*") && !host.equals("*")) {
      throw fields.invalid(
          "hosts",
          "'"
              + text
              + "' (expected: namespace/host, where the namespace may be '.', '*' or '~', and the"
              + " host '*' or '*.' with the end of a name)");
    }
    return new EgressHost(
        switch (namespace) {
          case "*" -> null;
          case "." -> metadata.namespace();
          default -> namespace;
        },
        host.equals("*") ? null : host);
  }
}
