package io.endomesh.xds.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.xds.Xds;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.SystemRootCerts;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OriginationTranslatorTest {

  private static final CertificateValidationContext SYSTEM =
      CertificateValidationContext.newBuilder()
          .setSystemRootCerts(SystemRootCerts.getDefaultInstance())
          .build();

  @Test
  void translate_systemRoots_isTlsToTheNameWithoutAnIdentity() throws Exception {
    ClusterResource cluster =
        ClusterTranslator.translate(
            Xds.cluster("c", false).toBuilder()
                .setTransportSocket(
                    TransportSocket.newBuilder()
                        .setTypedConfig(
                            Xds.any(
                                "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                                message(named(SYSTEM, SanType.DNS, "api.partner.example")))))
                .build());
    ClientTls tls = Objects.requireNonNull(Objects.requireNonNull(cluster.originated()).with(null));
    assertThat(tls.expectedIdentity()).isEqualTo("api.partner.example");
    assertThat(cluster.tls()).isFalse();
  }

  @Test
  void translate_rootsOfTheMesh_isTheMeshsOwnTls() throws Exception {
    assertThat(OriginationTranslator.translate(UpstreamTlsContext.getDefaultInstance())).isNull();
  }

  @Test
  void translate_withoutNames_isRefused() {
    assertThatThrownBy(() -> OriginationTranslator.translate(message(SYSTEM)))
        .hasMessage(
            "transport_socket.match_typed_subject_alt_names: none (expected: at least one)");
  }

  @Test
  void translate_nameOfAnotherKind_isRefused() {
    assertThatThrownBy(
            () ->
                OriginationTranslator.translate(
                    message(named(SYSTEM, SanType.EMAIL, "a@partner.example"))))
        .hasMessageContaining("[0]: EMAIL (expected: DNS, URI or IP_ADDRESS)");
  }

  @Test
  void translate_rootsWithoutACertificate_areRefusedAndNotThoseOfTheJvm() {
    assertThatThrownBy(() -> OriginationTranslator.translate(message(roots("nothing"))))
        .hasMessage("transport_socket.trusted_ca: no certificate (expected: at least one)");
    assertThatThrownBy(
            () ->
                OriginationTranslator.translate(
                    message(roots("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"))))
        .isInstanceOf(InvalidResource.class);
  }

  private static CertificateValidationContext roots(String pem) {
    return named(
        CertificateValidationContext.newBuilder()
            .setTrustedCa(DataSource.newBuilder().setInlineString(pem))
            .build(),
        SanType.DNS,
        "api.partner.example");
  }

  private static CertificateValidationContext named(
      CertificateValidationContext validation, SanType type, String name) {
    return validation.toBuilder()
        .addMatchTypedSubjectAltNames(
            SubjectAltNameMatcher.newBuilder()
                .setSanType(type)
                .setMatcher(StringMatcher.newBuilder().setExact(name)))
        .build();
  }

  private static UpstreamTlsContext message(CertificateValidationContext validation) {
    return UpstreamTlsContext.newBuilder()
        .setSni("api.partner.example")
        .setCommonTlsContext(CommonTlsContext.newBuilder().setValidationContext(validation))
        .build();
  }
}
