package io.endomesh.controller.kinds;

import java.util.List;
import java.util.Locale;

/**
 * A BackendTLSPolicy of Gateway API, gateway.networking.k8s.io/v1: callers of its targets begin
 * TLS. Immutable.
 */
public record BackendTlsPolicy(Metadata metadata, List<Target> targets, OriginatedTls tls)
    implements MeshResource {

  /** A target of this kind is external: the hosts of a ServiceEntry. */
  public static final String SERVICE_ENTRY = "ServiceEntry";

  private static final String SERVICE = "Service";

  /** In the namespace of the policy. */
  public record Target(String kind, String name) {}

  public BackendTlsPolicy {
    targets = List.copyOf(targets);
  }

  static BackendTlsPolicy read(Metadata metadata, Fields spec) {
    List<Target> targets = spec.objects("targetRefs", BackendTlsPolicy::target);
    if (targets.isEmpty()) {
      throw spec.invalid("targetRefs", "absent (expected: at least one)");
    }
    Fields validation = spec.object("validation");
    validation.unsupported("caCertificateRefs");
    String hostname = validation.string("hostname").toLowerCase(Locale.ROOT);
    if (!HostNames.isName(hostname)) {
      throw validation.invalid("hostname", "'" + hostname + "' (expected: a DNS name)");
    }
    String roots = validation.string("wellKnownCACertificates");
    if (!roots.equals("System")) {
      throw validation.invalid("wellKnownCACertificates", "'" + roots + "' (expected: System)");
    }
    List<String> names = validation.objects("subjectAltNames", BackendTlsPolicy::name);
    validation.rejectUnknown();
    spec.unsupported("options");
    return new BackendTlsPolicy(
        metadata, targets, new OriginatedTls(hostname, null, names, /* ownCertificate= */ false));
  }

  private static Target target(Fields fields) {
    String group = fields.string("group", "");
    String kind = fields.string("kind");
    boolean known =
        kind.equals(SERVICE) && group.isEmpty()
            || kind.equals(SERVICE_ENTRY) && group.equals("networking.istio.io");
    if (!known) {
      throw fields.invalid(
          "kind",
          "'"
              + kind
              + "' of group '"
              + group
              + "' (expected: Service of group '', or ServiceEntry of group networking.istio.io)");
    }
    fields.unsupported("sectionName");
    return new Target(kind, fields.string("name"));
  }

  private static String name(Fields fields) {
    String type = fields.string("type");
    if (!type.equals("Hostname") && !type.equals("URI")) {
      throw fields.invalid("type", "'" + type + "' (expected: Hostname or URI)");
    }
    return type.equals("URI")
        ? fields.string("uri")
        : fields.string("hostname").toLowerCase(Locale.ROOT);
  }
}
