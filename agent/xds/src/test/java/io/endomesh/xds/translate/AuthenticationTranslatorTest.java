package io.endomesh.xds.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Empty;
import io.endomesh.dataplane.token.Issuer;
import io.endomesh.dataplane.token.Place;
import io.endomesh.dataplane.token.RequestAuthentication;
import io.endomesh.dataplane.token.TestIssuer;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtClaimToHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementOrList;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RemoteJwks;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class AuthenticationTranslatorTest {

  private static final String POLICY = "RequestAuthentication/shop/people";

  private static JwtProvider.Builder provider() {
    return JwtProvider.newBuilder()
        .setIssuer("https://issuer.example")
        .setLocalJwks(DataSource.newBuilder().setInlineString(TestIssuer.of("k").jwks()));
  }

  private static JwtRequirement named(String provider) {
    return JwtRequirement.newBuilder().setProviderName(provider).build();
  }

  private static RequirementRule.Builder rule(JwtRequirement requires) {
    return RequirementRule.newBuilder()
        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
        .setRequires(requires);
  }

  private static RequestAuthentication translate(JwtAuthentication.Builder message)
      throws InvalidResource {
    return AuthenticationTranslator.translate(
        List.of(
            HttpFilter.newBuilder()
                .setName("tokens")
                .setTypedConfig(
                    Any.newBuilder()
                        .setTypeUrl(
                            "type.googleapis.com/"
                                + "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication")
                        .setValue(message.build().toByteString()))
                .build()));
  }

  private static RequestAuthentication one(UnaryOperator<JwtProvider.Builder> change)
      throws InvalidResource {
    return translate(
        JwtAuthentication.newBuilder()
            .putProviders(POLICY + "#0", change.apply(provider()).build())
            .addRules(rule(named(POLICY + "#0"))));
  }

  @Test
  void filter_ofEnvoy_saysWhoseTokensAreTaken() throws InvalidResource {
    Issuer issuer =
        one(message ->
                message
                    .addAudiences("shop")
                    .addFromHeaders(
                        JwtHeader.newBuilder().setName("X-Token").setValuePrefix("Token "))
                    .addFromParams("t")
                    .setForward(true)
                    .setClockSkewSeconds(5))
            .issuers()
            .get(0);
    assertThat(issuer.policy()).isEqualTo(POLICY);
    assertThat(issuer.name()).isEqualTo("https://issuer.example");
    assertThat(issuer.audiences()).containsExactly("shop");
    assertThat(issuer.places())
        .containsExactly(new Place.Header("x-token", "Token "), new Place.Query("t"));
    assertThat(issuer.keepsToken()).isTrue();
    assertThat(issuer.asksForEnd()).isFalse();
    assertThat(issuer.skewSeconds()).isEqualTo(5);
  }

  @Test
  void provider_thatNoRuleNames_isNotAsked() throws InvalidResource {
    JwtRequirementOrList any =
        JwtRequirementOrList.newBuilder()
            .addRequirements(named("a"))
            .addRequirements(
                JwtRequirement.newBuilder().setAllowMissing(Empty.getDefaultInstance()))
            .build();
    RequestAuthentication tokens =
        translate(
            JwtAuthentication.newBuilder()
                .putProviders("a", provider().build())
                .putProviders("b", provider().build())
                .addRules(rule(JwtRequirement.newBuilder().setRequiresAny(any).build())));
    assertThat(tokens.issuers()).extracting(Issuer::policy).containsExactly("a");
  }

  @Test
  void whatWouldChangeWhoIsLetIn_andIsNotKnown_isRefused() {
    List<UnaryOperator<JwtProvider.Builder>> changes =
        List.of(
            message -> message.setIssuer(""),
            message -> message.setMaxLifetime(Duration.newBuilder().setSeconds(1)),
            message -> message.addFromCookies("c"),
            message -> message.setForwardPayloadHeader("x"),
            message -> message.addClaimToHeaders(JwtClaimToHeader.getDefaultInstance()),
            message -> message.setRemoteJwks(RemoteJwks.getDefaultInstance()),
            message -> message.setLocalJwks(DataSource.newBuilder().setInlineString("no keys")));
    for (UnaryOperator<JwtProvider.Builder> change : changes) {
      assertThatThrownBy(() -> one(change)).isInstanceOf(InvalidResource.class);
    }
  }

  @Test
  void rules_thatAreNotOneForAllPaths_areRefused() {
    JwtAuthentication.Builder none =
        JwtAuthentication.newBuilder().putProviders("a", provider().build());
    assertThatThrownBy(() -> translate(none)).hasMessageContaining("expected: one, for all paths");
    JwtAuthentication.Builder path =
        none.clone()
            .addRules(rule(named("a")).setMatch(RouteMatch.newBuilder().setPrefix("/admin")));
    assertThatThrownBy(() -> translate(path)).hasMessageContaining("expected: prefix: /");
    JwtAuthentication.Builder unknown = none.clone().addRules(rule(named("b")));
    assertThatThrownBy(() -> translate(unknown)).hasMessageContaining("names of providers");
    JwtAuthentication.Builder failed =
        none.clone()
            .addRules(
                rule(
                    JwtRequirement.newBuilder()
                        .setAllowMissingOrFailed(Empty.getDefaultInstance())
                        .build()));
    assertThatThrownBy(() -> translate(failed)).hasMessageContaining("not supported");
  }
}
