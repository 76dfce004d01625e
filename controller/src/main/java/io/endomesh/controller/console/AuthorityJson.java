package io.endomesh.controller.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ca.CertificateAuthority;
import io.endomesh.controller.ca.Rotation;
import java.security.cert.X509Certificate;

/** The certificate authority as JSON. Stateless. */
final class AuthorityJson {

  private AuthorityJson() {}

  /** Without the certificates themselves, which the console is told of each second. */
  static ObjectNode of(ControllerContext context) {
    return of(context, false);
  }

  static ObjectNode of(ControllerContext context, boolean withPem) {
    CertificateAuthority authority = context.authority();
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("kind", authority.kind())
            .put("fingerprint", authority.fingerprint())
            .put("notAfter", authority.rootCertificate().getNotAfter().toInstant().toString())
            .put("issuer", authority.issuerName())
            .put("issuerFingerprint", authority.issuerFingerprint())
            .put("issuerNotBefore", authority.issuerNotBefore().toString())
            .put("issuerNotAfter", authority.issuerNotAfter().toString())
            .put("revoked", authority.revokedCount());
    CertificateAuthority.CommandCounts command = authority.command();
    if (command != null) {
      json.putObject("command")
          .put("issued", command.issued())
          .put("failed", command.failed())
          .put("lastFailure", command.lastFailure());
    }
    CertificateAuthority.TokenCounts token = authority.token();
    if (token != null) {
      json.putObject("token")
          .put("signed", token.signed())
          .put("failed", token.failed())
          .put("lastFailure", token.lastFailure());
    }
    ArrayNode roots = json.putArray("roots");
    for (X509Certificate root : authority.believed()) {
      ObjectNode one =
          roots
              .addObject()
              .put("fingerprint", CertificateAuthority.fingerprint(root))
              .put("subject", root.getSubjectX500Principal().getName())
              .put("notBefore", root.getNotBefore().toInstant().toString())
              .put("notAfter", root.getNotAfter().toInstant().toString())
              .put("own", authority.roots().contains(root));
      if (withPem) {
        one.put("pem", CertificateAuthority.pem(root));
      }
    }
    Rotation rotation = authority.rotation();
    if (rotation == null) {
      return json.putNull("rotation");
    }
    ArrayNode waiting =
        json.putObject("rotation")
            .put("phase", rotation.phase().name())
            .put("since", rotation.since().toString())
            .put("now", rotation.hurried())
            .putArray("waitingFor");
    authority.waitingFor(context.workloads().witnesses()).forEach(waiting::add);
    return json;
  }
}
