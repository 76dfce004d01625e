package io.endomesh.xds.translate;

import com.google.protobuf.InvalidProtocolBufferException;
import io.endomesh.xds.identity.Pem;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Secrets: the roots of the mesh, and the keys for trails. Stateless. */
public final class SecretTranslator {

  private SecretTranslator() {}

  public static SecretResource translate(Secret secret) throws InvalidResource {
    if (secret.hasValidationContext()) {
      return roots(secret.getValidationContext());
    }
    if (secret.hasGenericSecret()) {
      try {
        return new SecretResource.TrailKeys(
            Pem.publicKeys(text("generic_secret", secret.getGenericSecret().getSecret())));
      } catch (GeneralSecurityException e) {
        throw new InvalidResource("generic_secret: " + e.getMessage() + " (expected: public keys)");
      }
    }
    throw new InvalidResource(
        "type: " + secret.getTypeCase() + " (expected: validation_context or generic_secret)");
  }

  private static SecretResource.Roots roots(CertificateValidationContext context)
      throws InvalidResource {
    try {
      List<X509Certificate> roots =
          Pem.certificates(text("validation_context.trusted_ca", context.getTrustedCa()));
      if (roots.isEmpty()) {
        throw new InvalidResource("validation_context.trusted_ca: none (expected: a certificate)");
      }
      return new SecretResource.Roots(
          roots,
          context.hasCrl() ? revoked(text("crl", context.getCrl())) : Set.of(),
          context.hasCustomValidatorConfig()
              ? federated(context.getCustomValidatorConfig())
              : Map.of());
    } catch (GeneralSecurityException e) {
      throw new InvalidResource(
          "validation_context: " + e.getMessage() + " (expected: certificates and CRLs in PEM)");
    }
  }

  /**
   * Envoy's validator of SPIFFE ids, which keeps the trust domains apart. Our own may be among
   * them: its roots are those of {@code trusted_ca}, see {@code TrustBundle}.
   */
  private static Map<String, List<X509Certificate>> federated(TypedExtensionConfig validator)
      throws InvalidResource, GeneralSecurityException {
    String type = validator.getTypedConfig().getTypeUrl();
    if (!type.equals(SPIFFE)) {
      throw new InvalidResource(
          "validation_context.custom_validator_config: " + type + " (expected: " + SPIFFE + ")");
    }
    SPIFFECertValidatorConfig config;
    try {
      config = SPIFFECertValidatorConfig.parseFrom(validator.getTypedConfig().getValue());
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidResource("validation_context.custom_validator_config: " + e.getMessage());
    }
    Map<String, List<X509Certificate>> domains = new HashMap<>();
    for (SPIFFECertValidatorConfig.TrustDomain domain : config.getTrustDomainsList()) {
      domains.put(
          domain.getName(), Pem.certificates(text("trust_bundle", domain.getTrustBundle())));
    }
    return domains;
  }

  private static final String SPIFFE =
      "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig";

  /**
   * Numbers alone: they are random, so that those of two issuers never meet. Who signed the list is
   * not asked, because it comes from the controller as the roots themselves do.
   */
  private static Set<BigInteger> revoked(String pem) throws GeneralSecurityException {
    Set<BigInteger> revoked = new HashSet<>();
    for (X509CRL list : Pem.revocations(pem)) {
      Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
      if (entries != null) {
        entries.forEach(entry -> revoked.add(entry.getSerialNumber()));
      }
    }
    return revoked;
  }

  private static String text(String field, DataSource source) throws InvalidResource {
    return switch (source.getSpecifierCase()) {
      case INLINE_STRING -> source.getInlineString();
      case INLINE_BYTES -> source.getInlineBytes().toStringUtf8();
      default ->
          throw new InvalidResource(
              field + ": " + source.getSpecifierCase() + " (expected: inline_string)");
    };
  }
}
