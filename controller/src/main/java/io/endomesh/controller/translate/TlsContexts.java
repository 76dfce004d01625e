package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import io.endomesh.controller.kinds.OriginatedTls;
import io.endomesh.controller.kinds.TlsFiles;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateProviderPluginInstance;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;

/** The TLS of the mesh in words of xDS: both sides prove an identity of its root. Stateless. */
final class TlsContexts {

  private static final String SOCKET = "envoy.transport_sockets.tls";

  /** As Istio names the workload's own certificate. */
  private static final CertificateProviderPluginInstance OWN_CERTIFICATE =
      CertificateProviderPluginInstance.newBuilder()
          .setInstanceName("default")
          .setCertificateName("default")
          .build();

  /** As Istio names the roots of the mesh. */
  private static final CertificateProviderPluginInstance ROOTS =
      CertificateProviderPluginInstance.newBuilder()
          .setInstanceName("default")
          .setCertificateName(TrustSecrets.ROOTS)
          .build();

  private TlsContexts() {}

  /** For a client; the server must prove one of these identities. */
  static TransportSocket upstream(List<String> identities) {
    CertificateValidationContext.Builder validation =
        CertificateValidationContext.newBuilder().setCaCertificateProviderInstance(ROOTS);
    for (String identity : identities) {
      validation.addMatchTypedSubjectAltNames(
          SubjectAltNameMatcher.newBuilder()
              .setSanType(SubjectAltNameMatcher.SanType.URI)
              .setMatcher(StringMatcher.newBuilder().setExact(identity)));
    }
    return socket(
        UpstreamTlsContext.newBuilder().setCommonTlsContext(common(validation.build())).build());
  }

  /** For a server; the client must prove an identity, which authorization then judges. */
  static TransportSocket downstream() {
    return socket(
        DownstreamTlsContext.newBuilder()
            .setRequireClientCertificate(BoolValue.of(true))
            .setCommonTlsContext(
                common(
                    CertificateValidationContext.newBuilder()
                        .setCaCertificateProviderInstance(ROOTS)
                        .build()))
            .build());
  }

  /**
   * For a client that begins TLS with a server outside the mesh.
   *
   * @param host the server's, where nothing else is said
   */
  static TransportSocket originated(OriginatedTls tls, String host) {
    String serverName = tls.serverName() == null ? host : tls.serverName();
    CommonTlsContext.Builder common =
        CommonTlsContext.newBuilder().setValidationContext(validation(tls, serverName));
    if (tls.ownCertificate()) {
      common.setTlsCertificateProviderInstance(OWN_CERTIFICATE);
    }
    TlsFiles files = tls.files();
    if (files.certificate() != null && files.key() != null) {
      common.addTlsCertificates(
          TlsCertificate.newBuilder()
              .setCertificateChain(file(files.certificate()))
              .setPrivateKey(file(files.key())));
    }
    return socket(
        UpstreamTlsContext.newBuilder().setSni(serverName).setCommonTlsContext(common).build());
  }

  private static CertificateValidationContext validation(OriginatedTls tls, String serverName) {
    CertificateValidationContext.Builder validation = CertificateValidationContext.newBuilder();
    TlsFiles files = tls.files();
    if (files.roots() != null) {
      validation.setTrustedCa(file(files.roots()));
    } else if (tls.caCertificates() != null) {
      validation.setTrustedCa(DataSource.newBuilder().setInlineString(tls.caCertificates()));
    } else {
      validation.setSystemRootCerts(
          CertificateValidationContext.SystemRootCerts.getDefaultInstance());
    }
    if (files.revocations() != null) {
      validation.setCrl(file(files.revocations()));
    }
    for (String name : tls.names().isEmpty() ? List.of(serverName) : tls.names()) {
      validation.addMatchTypedSubjectAltNames(
          SubjectAltNameMatcher.newBuilder()
              .setSanType(
                  name.contains("://")
                      ? SubjectAltNameMatcher.SanType.URI
                      : SubjectAltNameMatcher.SanType.DNS)
              .setMatcher(StringMatcher.newBuilder().setExact(name)));
    }
    return validation.build();
  }

  private static DataSource file(String path) {
    return DataSource.newBuilder().setFilename(path).build();
  }

  private static CommonTlsContext common(CertificateValidationContext validation) {
    return CommonTlsContext.newBuilder()
        .setTlsCertificateProviderInstance(OWN_CERTIFICATE)
        .setValidationContext(validation)
        .build();
  }

  private static TransportSocket socket(Message context) {
    return TransportSocket.newBuilder().setName(SOCKET).setTypedConfig(Any.pack(context)).build();
  }
}
