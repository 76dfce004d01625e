package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import io.endomesh.controller.ca.Bundle;
import io.endomesh.controller.ca.CertificateAuthority;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.GenericSecret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whose word is taken in the mesh, as secrets that workloads ask for by name. Stateless. */
final class TrustSecrets {

  /** What listeners and clusters name as their roots, see {@link TlsContexts}. */
  static final String ROOTS = "ROOTCA";

  private static final String TRAIL_KEYS = "endomesh/trail-keys";

  private TrustSecrets() {}

  /** Null if there is none of this name. */
  static @Nullable Secret of(MeshModel model, @Nullable Bundle bundle, String name) {
    if (bundle == null) {
      return null;
    }
    return switch (name) {
      case ROOTS ->
          Secret.newBuilder().setName(name).setValidationContext(roots(model, bundle)).build();
      case TRAIL_KEYS ->
          Secret.newBuilder()
              .setName(name)
              .setGenericSecret(GenericSecret.newBuilder().setSecret(inline(bundle.trailKey())))
              .build();
      default -> null;
    };
  }

  private static CertificateValidationContext roots(MeshModel model, Bundle bundle) {
    CertificateValidationContext.Builder context =
        CertificateValidationContext.newBuilder().setTrustedCa(inline(bundle.roots()));
    if (!bundle.revoked().isEmpty()) {
      context.setCrl(inline(bundle.revoked()));
    }
    if (!model.federation().isEmpty()) {
      context.setCustomValidatorConfig(
          TypedExtensionConfig.newBuilder()
              .setName("envoy.tls.cert_validator.spiffe")
              .setTypedConfig(Any.pack(domains(model, bundle))));
    }
    return context.build();
  }

  /**
   * Each by its own roots. Who does not know this validator goes by the roots of the mesh, and
   * believes nobody else.
   */
  private static SPIFFECertValidatorConfig domains(MeshModel model, Bundle bundle) {
    SPIFFECertValidatorConfig.Builder domains =
        SPIFFECertValidatorConfig.newBuilder()
            .addTrustDomains(domain(model.trustDomain(), bundle.roots()));
    model
        .federation()
        .forEach(
            (name, other) -> {
              // One that nothing is known of, or that took all its roots back, vouches for nobody.
              if (!other.roots().isEmpty()) {
                domains.addTrustDomains(
                    domain(
                        name,
                        other.roots().stream()
                            .map(CertificateAuthority::pem)
                            .collect(Collectors.joining())));
              }
            });
    return domains.build();
  }

  private static SPIFFECertValidatorConfig.TrustDomain domain(String name, String roots) {
    return SPIFFECertValidatorConfig.TrustDomain.newBuilder()
        .setName(name)
        .setTrustBundle(inline(roots))
        .build();
  }

  private static DataSource inline(String text) {
    return DataSource.newBuilder().setInlineString(text).build();
  }
}
