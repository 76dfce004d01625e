package io.endomesh.xds.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.xds.TestAuthority;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import org.junit.jupiter.api.Test;

/** Roots by trust domain, as Envoy's validator of SPIFFE ids has them. */
class SecretTranslatorTest {

  private static final String SPIFFE =
      "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig";

  private final TestAuthority ours = new TestAuthority("ours");
  private final TestAuthority partners = new TestAuthority("partner's");

  private static DataSource inline(String text) {
    return DataSource.newBuilder().setInlineString(text).build();
  }

  private Secret secret(String type, SPIFFECertValidatorConfig config) throws Exception {
    return Secret.newBuilder()
        .setName("ROOTCA")
        .setValidationContext(
            CertificateValidationContext.newBuilder()
                .setTrustedCa(inline(TestAuthority.pem(ours.root())))
                .setCustomValidatorConfig(
                    TypedExtensionConfig.newBuilder()
                        .setName("envoy.tls.cert_validator.spiffe")
                        .setTypedConfig(
                            com.google.protobuf.Any.newBuilder()
                                .setTypeUrl(type)
                                .setValue(config.toByteString()))))
        .build();
  }

  private static SPIFFECertValidatorConfig config(String domain, String pem) {
    return SPIFFECertValidatorConfig.newBuilder()
        .addTrustDomains(
            SPIFFECertValidatorConfig.TrustDomain.newBuilder()
                .setName(domain)
                .setTrustBundle(inline(pem)))
        .build();
  }

  @Test
  void trustDomains_areKeptApart() throws Exception {
    SecretResource.Roots roots =
        (SecretResource.Roots)
            SecretTranslator.translate(
                secret(SPIFFE, config("partner.example", TestAuthority.pem(partners.root()))));

    assertThat(roots.certificates()).containsExactly(ours.root());
    assertThat(roots.federated()).containsOnlyKeys("partner.example");
    assertThat(roots.federated().get("partner.example")).containsExactly(partners.root());
  }

  @Test
  void validator_ofAnotherType_isRefused() {
    assertThatThrownBy(
            () -> SecretTranslator.translate(secret("type.googleapis.com/other", config("a", ""))))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining("type.googleapis.com/other (expected: " + SPIFFE + ")");
  }

  @Test
  void bundle_thatCannotBeRead_refusesTheWholeSecret() {
    assertThatThrownBy(
            () ->
                SecretTranslator.translate(
                    secret(
                        SPIFFE,
                        config(
                            "partner.example",
                            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining("validation_context");
  }
}
