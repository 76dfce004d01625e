package io.endomesh.controller.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.ca.TokenAttestor.Attested;
import io.endomesh.controller.ca.TokenAttestor.Refused;
import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.translate.Drafts;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.dataplane.token.TestIssuer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JoinIssuersTest {

  private static final long NOW = 1_800_000_000L;
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC);
  private static final TestIssuer CLUSTER = TestIssuer.of("RS256", "cluster");
  private static final TestIssuer STRANGER = TestIssuer.of("RS256", "cluster");

  /** What a projected token of Kubernetes 1.30 says. */
  private static final String CLAIMS =
      """
      {"aud":["endomesh"],"exp":1800000600,"iat":1800000000,"nbf":1800000000,
       "iss":"https://oidc.cluster.example","jti":"5f7ae1b0-1c79-4c1d-b1a5-4f4ba0d1c8a1",
       "kubernetes.io":{"namespace":"shop","node":{"name":"node-1","uid":"a"},
        "pod":{"name":"orders-6d5f","uid":"b"},"serviceaccount":{"name":"orders","uid":"c"}},
       "sub":"system:serviceaccount:shop:orders"}
      """;

  private static String issuer(String more) {
    return """
    ---
    apiVersion: endomesh.io/v1
    kind: JoinIssuer
    metadata: {name: cluster, namespace: endomesh-system}
    spec:
      issuer: https://oidc.cluster.example
      audiences: [endomesh]
      namespaces: [shop]
      jwks: '%s'
      %s
    """
        .formatted(CLUSTER.jwks(), more);
  }

  private static JoinIssuers of(String yaml) throws Exception {
    MeshModel model = Drafts.alone(ResourceParser.parseAll(yaml), "endomesh.local");
    return new JoinIssuers(() -> model, CLOCK);
  }

  @Test
  void token_ofAServiceAccount_isThatServices() throws Exception {
    assertThat(of(issuer("")).attest(CLUSTER.token(CLAIMS)))
        .isEqualTo(
            new Attested(
                "JoinIssuer/endomesh-system/cluster", new WorkloadIdentity("shop", "orders")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"aud\":[\"endomesh\"] | \"aud\":[\"https://kubernetes.default.svc\"] | aud",
        "1800000600             | 1799999000                             | ended",
        "\"exp\"                | \"ex\"                                 | never ends",
        "\"namespace\":\"shop\" | \"namespace\":\"finance\"              | expected: one of [shop]",
        "\"namespace\":\"shop\" | \"namespace\":\"\"                     | kubernetes.io.namespace",
        "\"name\":\"orders\"    | \"nome\":\"orders\"                    | serviceaccount.name",
        "\"name\":\"orders\"    | \"name\":\"../payments\"               | service",
        "oidc.cluster.example   | oidc.other.example                     | another issuer",
      })
  void token_thatIsNotForIt_isRefused(String was, String is, String why) throws Exception {
    String token = CLUSTER.token(CLAIMS.replace(was, is));
    assertThatThrownBy(() -> of(issuer("")).attest(token))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("JoinIssuer/endomesh-system/cluster")
        .hasMessageContaining(why)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(token.substring(0, 20)));
  }

  @Test
  void token_thatAStrangerSigned_isRefused() throws Exception {
    JoinIssuers issuers = of(issuer(""));
    assertThatThrownBy(() -> issuers.attest(STRANGER.token(CLAIMS))).isInstanceOf(Refused.class);
  }

  @Test
  void token_withoutAnIssuer_isRefused() throws Exception {
    JoinIssuers issuers =
        of(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: orders, namespace: shop}
            spec: {selector: {app: orders}, ports: [{port: 80}]}
            """);
    assertThatThrownBy(() -> issuers.attest(CLUSTER.token(CLAIMS)))
        .hasMessageContaining("no JoinIssuer");
  }

  @Test
  void claims_ofOtherIssuers_areSaid() throws Exception {
    String token =
        CLUSTER.token(
            """
            {"iss":"https://oidc.cluster.example","aud":"endomesh","exp":1800000600,
             "team":"shop","app":{"name":"cart"}}
            """);
    assertThat(
            of(issuer("namespaceClaim: [team]\n  serviceClaim: [app, name]"))
                .attest(token)
                .identity())
        .isEqualTo(new WorkloadIdentity("shop", "cart"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "metadata: {name: a, namespace: shop}\nspec: {issuer: 'https://a.example'}",
        "metadata: {name: a, namespace: endomesh-system}\nspec: {issuer: 'https://a.example'}",
        "metadata: {name: a, namespace: endomesh-system}\n"
            + "spec: {issuer: 'https://a.example', audiences: [b], namespaces: []}",
        "metadata: {name: a, namespace: endomesh-system}\n"
            + "spec: {issuer: 'https://a.example', audiences: [''], namespaces: [b]}",
        "metadata: {name: a, namespace: endomesh-system}\n"
            + "spec: {issuer: 'http://a.example', audiences: [b], namespaces: [b]}",
      })
  void resource_thatIsWrong_isRefused(String rest) {
    assertThatThrownBy(
            () -> ResourceParser.parseAll("apiVersion: endomesh.io/v1\nkind: JoinIssuer\n" + rest))
        .hasMessageContaining("JoinIssuer")
        .hasMessageContaining("expected");
  }
}
