package io.endomesh.controller.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a provider says of itself. */
class EndpointsTest {

  private static final String ISSUER = "https://acme.example";

  private static ObjectNode configuration(String issuer) {
    return new ObjectMapper()
        .createObjectNode()
        .put("issuer", issuer)
        .put("authorization_endpoint", issuer + "/authorize")
        .put("token_endpoint", issuer + "/token")
        .put("jwks_uri", issuer + "/keys");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "end_session_endpoint"
      })
  void endpoint_inPlaintext_isNotUsed(String name) {
    for (String address :
        new String[] {"http://127.0.0.1:1/there", "http://acme.example/", "file:///etc/passwd"}) {
      assertThatThrownBy(
              () -> Endpoints.read(ISSUER, configuration(ISSUER).put(name, address).toString()))
          .hasMessageContaining("its " + name + " is no address to go to");
    }
  }

  @Test
  void configuration_ofAnotherIssuer_isNotBelieved() {
    for (String other : new String[] {ISSUER + "/", "https://acme.example.evil.example", ""}) {
      assertThatThrownBy(() -> Endpoints.read(ISSUER, configuration(other).toString()))
          .hasMessage("it says it is another issuer (expected: its own name)");
    }
  }

  @Test
  void configuration_withoutPkce_isNotUsed() {
    ObjectNode plain = configuration(ISSUER);
    plain.putArray("code_challenge_methods_supported").add("plain");

    assertThatThrownBy(() -> Endpoints.read(ISSUER, plain.toString()))
        .hasMessageContaining("PKCE by S256");
  }

  @Test
  void configuration_onALoopbackAddress_mayBeInPlaintext() throws Exception {
    String issuer = "http://127.0.0.1:9000/realms/a";

    assertThat(Endpoints.read(issuer, configuration(issuer).toString()).token())
        .isEqualTo(URI.create(issuer + "/token"));
    assertThat(Endpoints.discovery(issuer))
        .isEqualTo(URI.create(issuer + "/.well-known/openid-configuration"));
    assertThatThrownBy(
            () ->
                Endpoints.read(
                    issuer,
                    configuration(issuer)
                        .put("token_endpoint", "http://192.0.2.1/token")
                        .toString()))
        .hasMessageContaining("token_endpoint");
  }
}
