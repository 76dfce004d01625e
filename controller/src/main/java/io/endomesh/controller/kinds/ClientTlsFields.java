package io.endomesh.controller.kinds;

import io.endomesh.controller.kinds.DestinationRule.Tls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Istio's {@code ClientTLSSettings}, as a DestinationRule has them. Stateless. */
final class ClientTlsFields {

  private ClientTlsFields() {}

  /** Null if nothing is said. */
  static @Nullable Tls read(Fields policy) {
    Fields tls = policy.optionalObject("tls");
    if (tls == null) {
      return null;
    }
    // Istio reads an absent one as DISABLE, which nobody who leaves it out expects.
    String mode = tls.string("mode");
    refuseWhatIsNotHere(tls);
    Tls result =
        switch (mode) {
          case "ISTIO_MUTUAL" -> ofTheMesh(tls);
          case "DISABLE" -> {
            tls.withoutEffect("with mode DISABLE", "sni", "subjectAltNames", "caCertificates");
            yield new Tls.Disabled();
          }
          case "SIMPLE" -> {
            notWith(tls, mode, "clientCertificate", "privateKey");
            yield new Tls.Originated(OriginatedTls.read(tls, /* ownCertificate= */ false));
          }
          case "MUTUAL" -> new Tls.Originated(OriginatedTls.readMutual(tls));
          default ->
              throw tls.invalid(
                  "mode", "'" + mode + "' (expected: DISABLE, SIMPLE, MUTUAL or ISTIO_MUTUAL)");
        };
    tls.rejectUnknown();
    return result;
  }

  private static void refuseWhatIsNotHere(Fields tls) {
    if (tls.has("credentialName")) {
      throw tls.invalid(
          "credentialName",
          "not supported (expected: clientCertificate, privateKey and caCertificates, paths of"
              + " files at the workload; a Secret of Kubernetes is mounted there as a volume)");
    }
    if (tls.has("insecureSkipVerify") && tls.bool("insecureSkipVerify", false)) {
      throw tls.invalid(
          "insecureSkipVerify",
          "true is not supported: a server is always checked (expected: its roots in"
              + " caCertificates, and the names its certificate has in subjectAltNames)");
    }
  }

  /** The mesh asks for names, knows roots and has certificates of its own. */
  private static Tls ofTheMesh(Fields tls) {
    notWith(tls, "ISTIO_MUTUAL", "clientCertificate", "privateKey", "caCertificates", "caCrl");
    tls.withoutEffect("with mode ISTIO_MUTUAL: the mesh asks for identities, not hosts", "sni");
    List<String> identities = tls.strings("subjectAltNames");
    for (int i = 0; i < identities.size(); i++) {
      if (!identities.get(i).matches("spiffe://[^/]+/.+")) {
        throw tls.invalid(
            "subjectAltNames[" + i + "]",
            "'"
                + identities.get(i)
                + "' (expected: a SPIFFE id, spiffe://DOMAIN/ns/NS/sa/SERVICE)");
      }
    }
    return identities.isEmpty() ? Tls.Mesh.KNOWN : new Tls.Mesh(identities);
  }

  /** As Istio's own validation has it. */
  private static void notWith(Fields tls, String mode, String... names) {
    for (String name : names) {
      if (tls.has(name)) {
        throw tls.invalid(name, "beside mode " + mode + " (expected: absent)");
      }
    }
  }
}
