package io.endomesh.xds.translate;

import io.endomesh.xds.identity.Pem;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
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
          roots, context.hasCrl() ? revoked(text("crl", context.getCrl())) : Set.of());
    } catch (GeneralSecurityException e) {
      throw new InvalidResource(
          "validation_context: " + e.getMessage() + " (expected: certificates and CRLs in PEM)");
    }
  }

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
