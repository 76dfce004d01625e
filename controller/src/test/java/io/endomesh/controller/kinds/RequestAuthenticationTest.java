package io.endomesh.controller.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestAuthenticationTest {

  private static ParsedResource tokens(String rule) throws Exception {
    return ResourceParser.parseAll(
            """
            apiVersion: security.istio.io/v1
            kind: RequestAuthentication
            metadata: {name: people, namespace: shop}
            spec: {jwtRules: [%s]}
            """
                .formatted(rule))
        .get(0);
  }

  private static ParsedResource policy(String rule) throws Exception {
    return ResourceParser.parseAll(
            """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: people, namespace: shop}
            spec: {rules: [%s]}
            """
                .formatted(rule))
        .get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | issuer",
        "{issuer: ''} | issuer",
        "{issuer: partner} | jwksUri",
        "{issuer: 'http://a.example'} | jwksUri",
        "{issuer: 'https://b@a.example'} | jwksUri",
        "{issuer: a, jwksUri: 'http://a.example/keys'} | jwksUri",
        "{issuer: a, jwksUri: 'file:///etc/passwd'} | jwksUri",
        "{issuer: a, jwksUri: 'https:///keys'} | jwksUri",
        "{issuer: a, jwksUri: 'https://a.example/#b'} | jwksUri",
        "{issuer: a, jwksUri: 'https://a.example', jwks: '{\"keys\":[]}'} | jwks",
        "{issuer: a, jwks: '{\"keys\":[]}'} | jwks",
        "{issuer: a, jwks: 'none'} | jwks",
        "{issuer: a, jwks: '{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"}]}'} | jwks",
        "{issuer: a, jwks: '{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}'} | jwks",
        "{issuer: 'https://a.example', fromHeaders: [{prefix: a}]} | fromHeaders[0].name",
        "{issuer: 'https://a.example', fromHeaders: [{name: 'a b'}]} | fromHeaders[0].name",
        "{issuer: 'https://a.example', fromCookies: [a]} | fromCookies",
        "{issuer: 'https://a.example', outputPayloadToHeader: a} | outputPayloadToHeader",
        "{issuer: 'https://a.example', outputClaimToHeaders: []} | outputClaimToHeaders",
        "{issuer: 'https://a.example', forwardOriginalToken: 1} | forwardOriginalToken",
        "{issuer: 'https://a.example', audience: a} | audience",
      })
  void rule_thatIsWrong_isRefusedByItsField(String rule, String field) {
    assertThatThrownBy(() -> tokens(rule))
        .hasMessageContaining("RequestAuthentication")
        .hasMessageContaining("spec.jwtRules[0]." + field);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{issuer: 'https://a.example'}",
        "{issuer: a, jwksUri: 'https://a.example:8443/keys?b=c', timeout: 5s}",
      })
  void rule_thatIsRight_isTaken(String rule) throws Exception {
    assertThat(tokens(rule).resource()).isInstanceOf(RequestAuthentication.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "request.auth.claims",
        "request.auth.claims[",
        "request.auth.claims[]",
        "request.auth.claims[a",
        "request.auth.claims[a][]",
        "request.auth.claim[a]",
        "request.auth.subject",
      })
  void key_thatAsksNothingOfAToken_isRefused(String key) {
    assertThatThrownBy(() -> policy("{when: [{key: '" + key + "', values: [a]}]}"))
        .hasMessageContaining("spec.rules[0].when[0].key")
        .hasMessageContaining("request.auth.claims[NAME]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "request.auth.principal",
        "request.auth.audiences",
        "request.auth.presenter",
        "request.auth.claims[a]",
        "request.auth.claims[a][b.c][d]",
      })
  void key_thatAsksSomething_isTaken(String key) throws Exception {
    assertThat(policy("{when: [{key: '" + key + "', values: [a]}]}").resource())
        .isInstanceOf(AuthorizationPolicy.class);
  }
}
