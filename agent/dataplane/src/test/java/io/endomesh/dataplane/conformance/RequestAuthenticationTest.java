package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.dataplane.token.InvalidToken;
import io.endomesh.dataplane.token.Issuer;
import io.endomesh.dataplane.token.KeySet;
import io.endomesh.dataplane.token.Place;
import io.endomesh.dataplane.token.RequestAuthentication;
import io.endomesh.dataplane.token.TestIssuer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Request authentication")
class RequestAuthenticationTest extends Conformance {

  private static final String NAME = "https://issuer.example";
  private static final String OTHER = "https://other.example";
  private static final String POLICY = "RequestAuthentication/shop/people";
  private static final TestIssuer KEY = TestIssuer.of("one");
  private static final TestIssuer NEXT = TestIssuer.of("two");

  @Test
  @DisplayName("without a token a request goes on as nobody's (Istio RequestAuthentication)")
  void noToken() throws InvalidToken {
    publish(Authorization.ALLOW_ALL, issuer(NAME, KEY));
    assertThat(mesh.serve(TestRequest.get("web", "/")).refusal()).isNull();
  }

  @Test
  @DisplayName("where a token is asked for, none is refused with 401 and a challenge (Envoy)")
  void required() throws InvalidToken {
    publish(
        Authorization.ALLOW_ALL,
        new RequestAuthentication(List.of(issuer(NAME, KEY)), /* isRequired= */ true));
    Reply told = mesh.serve(TestRequest.get("web", "/")).refusal();
    assertThat(told.status()).isEqualTo(401);
    assertThat(told.headers()).containsExactly(new Reply.Header("www-authenticate", "Bearer"));
    assertThat(mesh.serve(bearer(token(NAME, "alice"))).refusal()).isNull();
  }

  @Test
  @DisplayName(
      "a token that is not good is refused with 401, or UNAUTHENTICATED, and a challenge (RFC"
          + " 6750); why is for the operator, and the token is told to nobody")
  void invalid() throws InvalidToken {
    publish(Authorization.ALLOW_ALL, issuer(NAME, KEY));
    String token = NEXT.token(claims(NAME, "alice", ""));
    InboundCall call = mesh.serve(bearer(token));
    Reply told = call.refusal();
    assertThat(told.status()).isEqualTo(401);
    assertThat(told.grpcStatus()).isEqualTo(Reply.GRPC_UNAUTHENTICATED);
    assertThat(told.decidedBy()).isEqualTo("request-authentication");
    assertThat(told.message()).isEqualTo("the token of this request is not accepted");
    assertThat(told.headers())
        .containsExactly(new Reply.Header("www-authenticate", "Bearer error=\"invalid_token\""));
    assertThat(call.decided().decidedBy()).isEqualTo(POLICY);
    assertThat(call.decided().message())
        .isEqualTo("the token is not accepted: its key is not known");
  }

  @Test
  @DisplayName("a token of an issuer that no policy names is refused (Istio)")
  void otherIssuer() throws InvalidToken {
    publish(Authorization.ALLOW_ALL, issuer(NAME, KEY));
    assertThat(mesh.serve(bearer(token(OTHER, "alice"))).decided().message())
        .isEqualTo(
            "the token is not accepted: it is of another issuer (expected: one of [" + NAME + "])");
  }

  @ParameterizedTest
  @CsvSource({
    // principal that may call, caller's token is of, allowed
    "https://issuer.example/alice, alice, true",
    "https://issuer.example/alice, bob,   false",
    "https://issuer.example/*,     bob,   true",
    "https://other.example/*,      bob,   false",
    "*,                            bob,   true",
    "*,                            ,      false",
  })
  @DisplayName("requestPrincipals: ISSUER/SUBJECT of a token, * for any token (Istio)")
  void principals(String principal, @Nullable String subject, boolean allowed) throws InvalidToken {
    StringMatch match =
        principal.endsWith("*")
            ? new StringMatch.Prefix(principal.substring(0, principal.length() - 1))
            : new StringMatch.Exact(principal);
    publish(allowing(new Condition.RequestPrincipal(match)), issuer(NAME, KEY));
    TestRequest request =
        subject == null ? TestRequest.get("web", "/") : bearer(token(NAME, subject));
    InboundCall call = mesh.serve(request);
    assertThat(call.refusal() == null).isEqualTo(allowed);
    if (!allowed) {
      assertThat(call.decided().decidedBy()).isEqualTo("AuthorizationPolicy/shop/web");
      assertThat(call.decided().message())
          .contains(subject == null ? "without a token" : "with a token that " + POLICY);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // claim, value of the policy, matches
    "groups,     admin, true",
    "groups,     user,  false",
    "scope,      write, true",
    "scope,      read write, false",
    "realm.role, chief, true",
    "realm,      chief, false",
    "mail,       true,  true",
    "level,      3,     true",
    "nobody,     '',    false",
  })
  @DisplayName(
      "request.auth.claims: a text, one of a list, one word of scope, the text of a number or truth"
          + " value; an object and what is absent match nothing (Istio, and beyond)")
  void claims(String claim, String value, boolean matches) throws InvalidToken {
    publish(
        allowing(new Condition.Claim(List.of(claim.split("\\.")), new StringMatch.Exact(value))),
        issuer(NAME, KEY));
    String token =
        KEY.token(
            claims(
                NAME,
                "alice",
                ",\"groups\":[\"staff\",\"admin\"],\"scope\":\"read write\",\"mail\":true,"
                    + "\"level\":3,\"realm\":{\"role\":\"chief\"}"));
    assertThat(mesh.serve(bearer(token)).refusal() == null).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer ", "bearer ", "BEARER  ", "Bearer\t"})
  @DisplayName("the scheme is read in any case (RFC 9110), and the token behind it")
  void scheme(String scheme) throws InvalidToken {
    publish(Authorization.ALLOW_ALL, issuer(NAME, KEY));
    TestRequest request = TestRequest.get("web", "/");
    request.header("authorization", scheme + NEXT.token(claims(NAME, "alice", "")));
    assertThat(mesh.serve(request).refusal().status()).isEqualTo(401);
  }

  @Test
  @DisplayName("other schemes are no tokens, and stay as they are")
  void otherScheme() throws InvalidToken {
    publish(Authorization.ALLOW_ALL, issuer(NAME, KEY));
    TestRequest request = TestRequest.get("web", "/").header("authorization", "Basic YTpi");
    assertThat(mesh.serve(request).refusal()).isNull();
    assertThat(request.header("authorization")).isEqualTo("Basic YTpi");
  }

  @Test
  @DisplayName(
      "two tokens are refused, in two headers or two places: which one the application believes is"
          + " not known (Istio leaves it open)")
  void several() throws InvalidToken {
    publish(Authorization.ALLOW_ALL, issuer(NAME, KEY));
    String good = token(NAME, "alice");
    List<TestRequest> requests =
        List.of(
            TestRequest.get("web", "/").header("authorization", "Bearer " + good, "Bearer " + good),
            TestRequest.get("web", "/").header("authorization", "Basic YTpi", "Bearer " + good),
            TestRequest.get("web", "/?access_token=" + good + "&access_token=" + good),
            TestRequest.get("web", "/?access_token=" + good + "&access%5Ftoken=" + good),
            TestRequest.get("web", "/?access_token=" + good)
                .header("authorization", "Bearer " + good));
    for (TestRequest request : requests) {
      assertThat(mesh.serve(request).refusal().status()).isEqualTo(401);
    }
  }

  @Test
  @DisplayName("fromHeaders and fromParams say where else a token is; each issuer has its own")
  void places() throws InvalidToken {
    Issuer header = at(NAME, KEY, new Place.Header("x-token", ""));
    Issuer query = at(OTHER, NEXT, new Place.Query("jwt"));
    publish(Authorization.ALLOW_ALL, header, query);
    String good = token(NAME, "alice");
    String others = NEXT.token(claims(OTHER, "bob", ""));
    assertThat(mesh.serve(TestRequest.get("web", "/").header("x-token", good)).refusal()).isNull();
    assertThat(mesh.serve(TestRequest.get("web", "/?a&jwt=" + others)).refusal()).isNull();
    assertThat(mesh.serve(TestRequest.get("web", "/?jwt=" + good)).refusal().status())
        .isEqualTo(401);
    assertThat(mesh.serve(bearer("looked at by nobody")).refusal()).isNull();
  }

  @Test
  @DisplayName(
      "a good token is taken out of its header before the application sees it, unless"
          + " forwardOriginalToken says so (Istio)")
  void hidden() throws InvalidToken {
    publish(Authorization.ALLOW_ALL, issuer(NAME, KEY));
    TestRequest request = bearer(token(NAME, "alice"));
    assertThat(mesh.serve(request).refusal()).isNull();
    assertThat(request.header("authorization")).isNull();
    Issuer keeps =
        new Issuer(
            POLICY,
            NAME,
            List.of(),
            KeySet.of(KEY.jwks()),
            Place.DEFAULT,
            /* keepsToken= */ true,
            true,
            60,
            Set.of());
    publish(Authorization.ALLOW_ALL, keeps);
    request = bearer(token(NAME, "alice"));
    assertThat(mesh.serve(request).refusal()).isNull();
    assertThat(request.header("authorization")).startsWith("Bearer ");
  }

  @Test
  @DisplayName("a token is refused from its end on, however often it was taken before (60 s skew)")
  void ended() throws InvalidToken {
    publish(Authorization.ALLOW_ALL, issuer(NAME, KEY));
    String token = token(NAME, "alice");
    assertThat(mesh.serve(bearer(token)).refusal()).isNull();
    clock.advance(Duration.ofSeconds(359));
    assertThat(mesh.serve(bearer(token)).refusal()).isNull();
    clock.advance(Duration.ofSeconds(1));
    assertThat(mesh.serve(bearer(token)).decided().message())
        .isEqualTo("the token is not accepted: it has ended (exp)");
  }

  @Test
  @DisplayName("a token whose key the issuer has taken back is refused with the next request")
  void rotated() throws InvalidToken {
    publish(Authorization.ALLOW_ALL, issuer(NAME, KEY));
    String token = token(NAME, "alice");
    assertThat(mesh.serve(bearer(token)).refusal()).isNull();
    publish(Authorization.ALLOW_ALL, issuer(NAME, NEXT));
    assertThat(mesh.serve(bearer(token)).refusal().status()).isEqualTo(401);
  }

  @Test
  @DisplayName(
      "a stream outlives the token that it began with, as in Envoy, but not the key or the issuer"
          + " of it (beyond Envoy)")
  void streams() throws InvalidToken {
    publish(
        allowing(new Condition.RequestPrincipal(new StringMatch.Prefix(NAME))), issuer(NAME, KEY));
    InboundCall call = mesh.serve(bearer(token(NAME, "alice")));
    List<Reply> told = new ArrayList<>();
    call.lasts(told::add);
    clock.advance(Duration.ofHours(1));
    publish(
        allowing(new Condition.RequestPrincipal(new StringMatch.Prefix(NAME))), issuer(NAME, KEY));
    assertThat(told).isEmpty();
    publish(
        allowing(new Condition.RequestPrincipal(new StringMatch.Prefix(NAME))), issuer(NAME, NEXT));
    assertThat(told).extracting(Reply::status).containsExactly(401);
  }

  private TestRequest bearer(String token) {
    return TestRequest.get("web", "/").header("authorization", "Bearer " + token);
  }

  private String token(String issuer, String subject) {
    return KEY.token(claims(issuer, subject, ""));
  }

  private String claims(String issuer, String subject, String more) {
    return "{\"iss\":\""
        + issuer
        + "\",\"sub\":\""
        + subject
        + "\",\"exp\":"
        + (clock.millis() / 1000 + 300)
        + more
        + "}";
  }

  private static Issuer issuer(String name, TestIssuer key) throws InvalidToken {
    return new Issuer(POLICY, name, List.of(), KeySet.of(key.jwks()));
  }

  private static Issuer at(String name, TestIssuer key, Place place) throws InvalidToken {
    return new Issuer(
        POLICY, name, List.of(), KeySet.of(key.jwks()), List.of(place), false, true, 60, Set.of());
  }

  private static Authorization allowing(Condition principal) {
    return new Authorization(
        List.of(),
        List.of(
            new Policy(
                "AuthorizationPolicy/shop/web",
                List.of(new Policy.Rule(principal, Condition.ANY)))));
  }

  private void publish(Authorization authorization, Issuer... issuers) {
    publish(authorization, new RequestAuthentication(List.of(issuers), /* isRequired= */ false));
  }

  private void publish(Authorization authorization, RequestAuthentication tokens) {
    Inbound.Port port =
        new Inbound.Port(Inbound.TlsMode.PERMISSIVE, authorization).authenticating(tokens);
    mesh.publish(new Snapshot(1, Map.of(), new Inbound(Map.of(), port), null));
  }
}
