package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.route.Cors;
import io.endomesh.dataplane.route.CorsRules;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.StringMatch;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("CORS")
class CorsTest extends Conformance {

  private static final String SITE = "https://shop.example";
  private static final String ROUTE = "HTTPRoute/shop/web rule 0";
  private static final StringMatch ANY = new StringMatch.Exact("*");

  private static final Cors PLAIN =
      new Cors(
          List.of(new StringMatch.Exact(SITE)), "PUT,DELETE", "x-token", "x-id", "5", false, false);

  @Test
  @DisplayName(
      "a browser's preflight is answered with 200 and what the policy allows, and the application"
          + " is not asked (Gateway API HTTPCORSFilter)")
  void preflight() {
    serve(PLAIN, Authorization.ALLOW_ALL);
    InboundCall call = mesh.serve(preflight(SITE, "PUT"));
    assertThat(call.decided().decidedBy()).isEqualTo(ROUTE);
    Reply answer = call.refusal();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.message()).isEmpty();
    assertThat(answer.decidedBy()).isEqualTo("cors");
    assertThat(answer.refuses()).isFalse();
    assertThat(headers(answer))
        .containsExactlyInAnyOrder(
            "access-control-allow-origin=" + SITE,
            "access-control-allow-methods=PUT,DELETE",
            "access-control-allow-headers=x-token",
            "access-control-max-age=5",
            "vary=Origin");
  }

  @Test
  @DisplayName(
      "the answer to any other request of an allowed origin says who may read it and which headers"
          + " (Gateway API HTTPCORSFilter.exposeHeaders)")
  void actual() {
    serve(PLAIN, Authorization.ALLOW_ALL);
    InboundCall call = mesh.serve(TestRequest.get("web", "/").header("origin", SITE));
    assertThat(call.refusal()).isNull();
    TestRequest response = answered(call);
    assertThat(response.sent("access-control-allow-origin")).containsExactly(SITE);
    assertThat(response.sent("access-control-expose-headers")).containsExactly("x-id");
    assertThat(response.sent("access-control-allow-credentials")).isEmpty();
    assertThat(response.sent("vary")).containsExactly("Origin");
  }

  @Test
  @DisplayName(
      "what the application says of allowed origins itself is replaced, and never said twice"
          + " (Envoy CORS filter)")
  void actual_applicationSaysItToo() {
    serve(PLAIN, Authorization.ALLOW_ALL);
    InboundCall call = mesh.serve(TestRequest.get("web", "/").header("origin", SITE));
    TestRequest response =
        TestRequest.get("web", "/").header("access-control-allow-origin", "https://old.example");
    call.changeResponse(200, response);
    call.changeResponse(200, response);
    assertThat(response.sent("access-control-allow-origin")).containsExactly(SITE);
    assertThat(response.sent("vary")).containsExactly("Origin");
  }

  @Test
  @DisplayName(
      "a request of another origin is served without these headers: to keep the answer from the"
          + " script is the browser's part (Fetch, CORS protocol)")
  void actual_otherOrigin() {
    serve(PLAIN, Authorization.ALLOW_ALL);
    InboundCall call =
        mesh.serve(TestRequest.get("web", "/").header("origin", "https://evil.example"));
    assertThat(call.refusal()).isNull();
    assertThat(answered(call).sent("access-control-allow-origin")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    // forwards, answered by the mesh
    "false, true",
    "true, false",
  })
  @DisplayName(
      "a preflight of another origin is answered with 200 and nothing allowed (Gateway API), or"
          + " left to the application (Istio unmatchedPreflights: FORWARD, its default)")
  void preflight_otherOrigin(boolean forwards, boolean answered) {
    serve(
        new Cors(List.of(new StringMatch.Exact(SITE)), "PUT", "", "", "", false, forwards),
        Authorization.ALLOW_ALL);
    Reply answer = mesh.serve(preflight("https://evil.example", "PUT")).refusal();
    assertThat(answer != null).isEqualTo(answered);
    if (answer != null) {
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.headers()).isEmpty();
    }
  }

  @Test
  @DisplayName(
      "any origin is told *, the same for all caches (Gateway API HTTPCORSFilter.allowOrigins)")
  void anyOrigin() {
    serve(new Cors(List.of(ANY), "*", "*", "", "", false, false), Authorization.ALLOW_ALL);
    assertThat(headers(mesh.serve(preflight(SITE, "PUT")).refusal()))
        .containsExactlyInAnyOrder(
            "access-control-allow-origin=*",
            "access-control-allow-methods=*",
            "access-control-allow-headers=*");
  }

  @Test
  @DisplayName(
      "with credentials a * is written out as what was asked for, because browsers take it for a"
          + " name then (Gateway API HTTPCORSFilter.allowCredentials)")
  void credentials() {
    serve(new Cors(List.of(ANY), "*", "*", "", "", true, false), Authorization.ALLOW_ALL);
    TestRequest request =
        preflight(SITE, "PATCH").header("access-control-request-headers", "x-a,x-b");
    assertThat(headers(mesh.serve(request).refusal()))
        .containsExactlyInAnyOrder(
            "access-control-allow-origin=" + SITE,
            "access-control-allow-credentials=true",
            "access-control-allow-methods=PATCH",
            "access-control-allow-headers=x-a,x-b",
            "vary=Origin");
    assertThat(headers(mesh.serve(preflight(SITE, "PATCH")).refusal()))
        .noneMatch(header -> header.startsWith("access-control-allow-headers"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://shop.example, true",
    "https://a.b.example, true",
    "https://example, false",
    "http://shop.example, false",
    "https://shop.example:8443, false",
    "https://shop.example.evil, false",
  })
  @DisplayName(
      "an origin is compared whole, a * in its host stands for any labels (Gateway API"
          + " CORSOrigin)")
  void origin(String origin, boolean allowed) {
    StringMatch labels =
        new StringMatch.Regex(Pattern.compile("https://[^:/]+" + Pattern.quote(".example")));
    serve(new Cors(List.of(labels), "", "", "", "", false, false), Authorization.ALLOW_ALL);
    InboundCall call = mesh.serve(TestRequest.get("web", "/").header("origin", origin));
    assertThat(answered(call).sent("access-control-allow-origin").contains(origin))
        .isEqualTo(allowed);
  }

  @Test
  @DisplayName(
      "a preflight is answered although an AuthorizationPolicy would refuse it, as browsers send no"
          + " credentials with it; the request itself is refused, and the script may read why")
  void authorization() {
    serve(PLAIN, new Authorization(List.of(), List.of(new Policy("nobody", List.of()))));
    assertThat(mesh.serve(preflight(SITE, "PUT")).refusal().status()).isEqualTo(200);
    Reply refusal = mesh.serve(TestRequest.get("web", "/").header("origin", SITE)).refusal();
    assertThat(refusal.status()).isEqualTo(403);
    assertThat(headers(refusal)).contains("access-control-allow-origin=" + SITE);
  }

  @ParameterizedTest
  @CsvSource({
    // method, origin, asks for a method
    "GET, true, true",
    "OPTIONS, false, true",
    "OPTIONS, true, false",
  })
  @DisplayName(
      "only OPTIONS with Origin and Access-Control-Request-Method is a preflight; all else goes to"
          + " the application (Fetch, CORS-preflight request)")
  void preflight_none(String method, boolean origin, boolean asks) {
    serve(PLAIN, Authorization.ALLOW_ALL);
    TestRequest request = TestRequest.of(method, "web", "/");
    if (origin) {
      request.header("origin", SITE);
    }
    if (asks) {
      request.header("access-control-request-method", "PUT");
    }
    assertThat(mesh.serve(request).refusal()).isNull();
  }

  @Test
  @DisplayName(
      "the first route that matches decides, also if it says nothing of CORS; a port without such"
          + " routes changes nothing")
  void firstMatch() {
    CorsRules.Rule silent =
        new CorsRules.Rule(
            "r0",
            new RouteMatch(new PathMatch.SegmentPrefix("/a"), null, List.of(), List.of()),
            null);
    serve(
        new CorsRules(List.of(silent, new CorsRules.Rule(ROUTE, RouteMatch.ANY, PLAIN))),
        Authorization.ALLOW_ALL);
    assertThat(mesh.serve(get("/a/b")).changesResponse()).isFalse();
    assertThat(mesh.serve(get("/b")).changesResponse()).isTrue();
    serve(CorsRules.NONE, Authorization.ALLOW_ALL);
    assertThat(mesh.serve(get("/b")).changesResponse()).isFalse();
  }

  @Test
  @DisplayName(
      "a caller inside the mesh that passes a browser's requests on gets the same answers, by the"
          + " route it calls through (Envoy CORS filter at the caller)")
  void outbound() {
    publish(RoutePolicy.DEFAULT.withCors(PLAIN));
    Reply answer = reply(call(preflight("orders", SITE, "PUT")));
    assertThat(headers(answer)).contains("access-control-allow-origin=" + SITE);

    Attempt attempt = attempt(call(TestRequest.get("orders", "/").header("origin", SITE)));
    TestRequest response = TestRequest.get("orders", "/");
    assertThat(attempt.changesResponse()).isTrue();
    attempt.changeResponse(response);
    assertThat(response.sent("access-control-allow-origin")).containsExactly(SITE);
  }

  @Test
  @DisplayName("an answer of the mesh to a call, such as 503, may be read by the same scripts")
  void outbound_reply() {
    publish(TestMesh.route(TestMesh.cluster("orders"), RoutePolicy.DEFAULT.withCors(PLAIN)));
    Reply answer = reply(call(TestRequest.get("orders", "/").header("origin", SITE)));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(headers(answer)).contains("access-control-allow-origin=" + SITE);
  }

  private static TestRequest get(String path) {
    return TestRequest.get("web", path).header("origin", SITE);
  }

  private static TestRequest preflight(String origin, String method) {
    return preflight("web", origin, method);
  }

  private static TestRequest preflight(String host, String origin, String method) {
    return TestRequest.of("OPTIONS", host, "/items")
        .header("origin", origin)
        .header("access-control-request-method", method);
  }

  private static List<String> headers(@Nullable Reply reply) {
    return reply.headers().stream().map(h -> h.name() + "=" + h.value()).toList();
  }

  private static TestRequest answered(InboundCall call) {
    TestRequest response = TestRequest.get("web", "/");
    call.changeResponse(200, response);
    return response;
  }

  private void serve(Cors cors, Authorization authorization) {
    serve(new CorsRules(List.of(new CorsRules.Rule(ROUTE, RouteMatch.ANY, cors))), authorization);
  }

  private void serve(CorsRules cors, Authorization authorization) {
    Inbound.Port port = new Inbound.Port(Inbound.TlsMode.DISABLE, authorization, cors);
    mesh.publish(new Snapshot(1, Map.of(), new Inbound(Map.of(), port), null));
  }
}
