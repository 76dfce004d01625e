package io.endomesh.xds.translate;

import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.identity.PeerName;
import io.endomesh.xds.identity.ClientFiles;
import io.endomesh.xds.identity.Pem;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher.MatchPatternCase;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * UpstreamTlsContext to TLS with servers outside the mesh: roots of its own or those of the system
 * (gRFC A82), certificates of its own in files, and names that are always checked. Stateless.
 */
final class OriginationTranslator {

  private static final String FIELD = "transport_socket.";

  private OriginationTranslator() {}

  /** Null if it is the mesh's own TLS, whose roots come with the identity. */
  static @Nullable OriginatedTls translate(UpstreamTlsContext message) throws InvalidResource {
    CommonTlsContext common = message.getCommonTlsContext();
    CertificateValidationContext validation = common.getValidationContext();
    if (!validation.hasTrustedCa() && !validation.hasSystemRootCerts()) {
      return null;
    }
    Messages.unsupported(
        FIELD + "trust_chain_verification", validation.getTrustChainVerificationValue() != 0);
    try {
      return new OriginatedTls(
          roots(validation),
          message.getSni().isEmpty() ? null : message.getSni(),
          names(validation),
          hasOwnCertificate(common),
          files(common, validation));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new InvalidResource("transport_socket: " + e.getMessage());
    }
  }

  /**
   * By the provider that Istio and gRPC (A29) name, whichever name it has: there is one of ours.
   */
  @SuppressWarnings("deprecation") // An older field for the same.
  private static boolean hasOwnCertificate(CommonTlsContext common) {
    return common.hasTlsCertificateProviderInstance()
        || common.hasTlsCertificateCertificateProviderInstance();
  }

  /** Null if it is made of none. They are not read here: whoever is explained a call has others. */
  private static @Nullable ClientFiles files(
      CommonTlsContext common, CertificateValidationContext validation) throws InvalidResource {
    String roots =
        isFile(validation.getTrustedCa()) ? validation.getTrustedCa().getFilename() : null;
    String revocations = validation.hasCrl() ? file("crl", validation.getCrl()) : null;
    if (common.getTlsCertificatesCount() == 0) {
      return roots == null && revocations == null
          ? null
          : new ClientFiles(roots, null, null, revocations);
    }
    if (common.getTlsCertificatesCount() > 1 || hasOwnCertificate(common)) {
      throw new InvalidResource(FIELD + "tls_certificates: several (expected: one)");
    }
    TlsCertificate own = common.getTlsCertificates(0);
    Messages.unsupported(FIELD + "tls_certificates.password", own.hasPassword());
    return new ClientFiles(
        roots,
        file("tls_certificates.certificate_chain", own.getCertificateChain()),
        file("tls_certificates.private_key", own.getPrivateKey()),
        revocations);
  }

  private static boolean isFile(DataSource source) {
    return source.getSpecifierCase() == DataSource.SpecifierCase.FILENAME;
  }

  /** A key that is sent is known to who sends it: only files are taken. */
  private static String file(String field, DataSource source) throws InvalidResource {
    if (!isFile(source) || source.getFilename().isEmpty()) {
      throw new InvalidResource(
          FIELD + field + ": " + source.getSpecifierCase() + " (expected: filename)");
    }
    return source.getFilename();
  }

  private static List<X509Certificate> roots(CertificateValidationContext validation)
      throws InvalidResource, GeneralSecurityException {
    if (!validation.hasTrustedCa() || isFile(validation.getTrustedCa())) {
      return List.of();
    }
    DataSource source = validation.getTrustedCa();
    String pem =
        switch (source.getSpecifierCase()) {
          case INLINE_STRING -> source.getInlineString();
          case INLINE_BYTES -> source.getInlineBytes().toStringUtf8();
          default ->
              throw new InvalidResource(
                  FIELD
                      + "trusted_ca: "
                      + source.getSpecifierCase()
                      + " (expected: inline_string, inline_bytes or filename)");
        };
    List<X509Certificate> roots = Pem.certificates(pem);
    if (roots.isEmpty()) {
      // No roots would mean those of the JVM.
      throw new InvalidResource(FIELD + "trusted_ca: no certificate (expected: at least one)");
    }
    return roots;
  }

  private static List<PeerName> names(CertificateValidationContext validation)
      throws InvalidResource {
    List<PeerName> names = new ArrayList<>();
    for (SubjectAltNameMatcher name : validation.getMatchTypedSubjectAltNamesList()) {
      String field = FIELD + "match_typed_subject_alt_names[" + names.size() + "]";
      if (name.getMatcher().getMatchPatternCase() != MatchPatternCase.EXACT) {
        throw new InvalidResource(
            field + ": " + name.getMatcher().getMatchPatternCase() + " (expected: EXACT)");
      }
      PeerName.Kind kind =
          switch (name.getSanType()) {
            case DNS -> PeerName.Kind.DNS;
            case URI -> PeerName.Kind.URI;
            case IP_ADDRESS -> PeerName.Kind.IP;
            default ->
                throw new InvalidResource(
                    field + ": " + name.getSanType() + " (expected: DNS, URI or IP_ADDRESS)");
          };
      names.add(new PeerName(kind, name.getMatcher().getExact()));
    }
    if (names.isEmpty()) {
      throw new InvalidResource(
          FIELD + "match_typed_subject_alt_names: none (expected: at least one)");
    }
    return names;
  }
}
