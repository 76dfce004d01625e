package io.endomesh.controller.translate;

import io.endomesh.controller.ca.Bundle;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.GenericSecret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import org.jspecify.annotations.Nullable;

/** Whose word is taken in the mesh, as secrets that workloads ask for by name. Stateless. */
final class TrustSecrets {

  /** What listeners and clusters name as their roots, see {@link TlsContexts}. */
  static final String ROOTS = "ROOTCA";

  private static final String TRAIL_KEYS = "endomesh/trail-keys";

  private TrustSecrets() {}

  /** Null if there is none of this name. */
  static @Nullable Secret of(@Nullable Bundle bundle, String name) {
    if (bundle == null) {
      return null;
    }
    return switch (name) {
      case ROOTS -> Secret.newBuilder().setName(name).setValidationContext(roots(bundle)).build();
      case TRAIL_KEYS ->
          Secret.newBuilder()
              .setName(name)
              .setGenericSecret(GenericSecret.newBuilder().setSecret(inline(bundle.trailKey())))
              .build();
      default -> null;
    };
  }

  private static CertificateValidationContext roots(Bundle bundle) {
    CertificateValidationContext.Builder context =
        CertificateValidationContext.newBuilder().setTrustedCa(inline(bundle.roots()));
    if (!bundle.revoked().isEmpty()) {
      context.setCrl(inline(bundle.revoked()));
    }
    return context.build();
  }

  private static DataSource inline(String text) {
    return DataSource.newBuilder().setInlineString(text).build();
  }
}
