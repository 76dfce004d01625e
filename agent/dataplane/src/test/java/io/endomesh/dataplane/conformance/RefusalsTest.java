package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.Peer;
import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.Rate;
import io.endomesh.dataplane.limit.RateLimit;
import io.endomesh.dataplane.limit.RateLimits;
import io.endomesh.dataplane.route.Cors;
import io.endomesh.dataplane.route.CorsRules;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What a refusal tells")
class RefusalsTest extends Conformance {

  private static final TestAuthority AUTHORITY = new TestAuthority();
  private static final Identity WEB = AUTHORITY.identity("spiffe://td/ns/shop/sa/web");
  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";
  private static final String POLICY = "AuthorizationPolicy/shop/web";
  private static final String LIMIT = "RateLimitPolicy/shop/web";
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  @Test
  @DisplayName(
      "whoever authorization refuses is told so, and the trace by which an operator finds the rest:"
          + " neither policy, identity nor path (beyond Envoy RBAC)")
  void authorization() {
    traced();
    publish(
        new Inbound.Port(
            Inbound.TlsMode.PERMISSIVE, new Authorization(List.of(), List.of(policy(List.of())))));
    InboundCall call = mesh.serve(TestRequest.get("web", "/pay").from(ORDERS));
    Reply told = call.refusal();
    assertThat(told.status()).isEqualTo(403);
    assertThat(told.grpcStatus()).isEqualTo(Reply.GRPC_PERMISSION_DENIED);
    assertThat(told.decidedBy()).isEqualTo("authorization");
    assertThat(told.message())
        .isEqualTo("this caller may not make this request (trace " + TRACE + ")");
    assertThat(call.decided().decidedBy()).isEqualTo(POLICY);
    assertThat(call.decided().message()).contains(ORDERS).contains(POLICY).contains("/pay");
  }

  @Test
  @DisplayName("without a trace it is told that it is refused, and no more")
  void notTraced() {
    publish(
        new Inbound.Port(
            Inbound.TlsMode.PERMISSIVE, new Authorization(List.of(), List.of(policy(List.of())))));
    assertThat(mesh.serve(TestRequest.get("web", "/")).refusal().message())
        .isEqualTo("this caller may not make this request");
  }

  @Test
  @DisplayName("a request that its server routes anew and that is refused then tells no more")
  void rerouted() {
    Policy.Rule admin =
        new Policy.Rule(Condition.ANY, new Condition.Path(new PathMatch.Exact("/admin")));
    publish(
        new Inbound.Port(
            Inbound.TlsMode.PERMISSIVE,
            new Authorization(List.of(policy(List.of(admin))), List.of())));
    AtomicReference<String> routed = new AtomicReference<>("/moved");
    InboundCall call = mesh.serve(TestRequest.get("web", "/moved").routed(routed::get));
    assertThat(call.decided()).isNull();
    routed.set("/admin");
    assertThat(call.rerouted().decidedBy()).isEqualTo("authorization");
    assertThat(call.decided().decidedBy()).isEqualTo(POLICY);
  }

  @ParameterizedTest
  @CsvSource({
    // caller, told all
    "spiffe://td/ns/shop/sa/orders, true",
    "spiffe://td.example/ns/shop/sa/orders, false",
    "spiffe://t/ns/shop/sa/orders, false",
    "spiffe://td, false",
    ", false",
  })
  @DisplayName(
      "a rate limit is named to callers that prove an identity of this trust domain, with all it"
          + " says; others are told when to come back")
  void rateLimit(@Nullable String caller, boolean toldAll) {
    RateLimit limit =
        new RateLimit(
            LIMIT, "all", Condition.ANY, new LimitKey.None(), new Rate(1, 60_000_000_000L, 1), 0);
    RateLimits limits =
        new RateLimits(List.of(new RateLimits.Counted(limit, limit.newBuckets(clock.getAsLong()))));
    // Callers of other trust domains come as far as that where a policy lets them in.
    Policy.Rule any = new Policy.Rule(Condition.ANY, Condition.ANY);
    publish(
        new Inbound.Port(
                Inbound.TlsMode.PERMISSIVE,
                new Authorization(List.of(), List.of(policy(List.of(any)))))
            .limitedBy(limits));
    TestRequest request = TestRequest.get("web", "/cart");
    mesh.serve(request);
    InboundCall refused = mesh.serve(caller == null ? request : request.from(caller));
    Reply told = refused.refusal();
    assertThat(told.status()).isEqualTo(429);
    assertThat(told.headers()).contains(new Reply.Header("retry-after", "60"));
    assertThat(refused.decided().decidedBy()).isEqualTo(LIMIT);
    if (toldAll) {
      assertThat(told).isEqualTo(refused.decided());
    } else {
      assertThat(told.decidedBy()).isEqualTo("rate-limit");
      assertThat(told.message()).isEqualTo("too many requests");
    }
  }

  @ParameterizedTest
  @CsvSource({
    // caller, whether there is an ALLOW policy, whether it is served
    "spiffe://td/ns/shop/sa/orders, false, true",
    "spiffe://td.example/ns/shop/sa/orders, false, false",
    "spiffe://td.example/ns/shop/sa/orders, true, true",
    ", false, true",
  })
  @DisplayName(
      "a caller of a federated trust domain is let in where an ALLOW policy says so, and nowhere"
          + " else: who has no policy is open to its own trust domain alone (beyond Istio)")
  void federated(@Nullable String caller, boolean allowed, boolean isServed) {
    Policy.Rule any = new Policy.Rule(Condition.ANY, Condition.ANY);
    publish(
        new Inbound.Port(
            Inbound.TlsMode.PERMISSIVE,
            allowed
                ? new Authorization(List.of(), List.of(policy(List.of(any))))
                : Authorization.ALLOW_ALL));
    TestRequest request = TestRequest.get("web", "/cart");
    InboundCall call = mesh.serve(caller == null ? request : request.from(caller));
    assertThat(call.refusal() == null).isEqualTo(isServed);
    if (!isServed) {
      assertThat(call.refusal().status()).isEqualTo(403);
      assertThat(call.refusal().message()).isEqualTo("this caller may not make this request");
      assertThat(call.decided().decidedBy()).isEqualTo("federation");
      assertThat(call.decided().message()).contains(caller).contains("no ALLOW policy");
    }
  }

  @ParameterizedTest
  @CsvSource({"DISABLE, true", "PERMISSIVE, true", "STRICT, false"})
  @DisplayName(
      "where mutual TLS is demanded (STRICT) the next request on a plaintext connection is refused"
          + " with 403, gRPC UNAUTHENTICATED, and the connection is to be closed; one of which"
          + " the server cannot say, as of TLS of its own, is decided by policies alone (beyond"
          + " Istio, which drains such connections)")
  void plaintext(Inbound.TlsMode mode, boolean isServed) {
    publish(new Inbound.Port(mode, Authorization.ALLOW_ALL));
    InboundCall call = mesh.serve(TestRequest.get("web", "/").on(Peer.PLAINTEXT));
    assertThat(call.refusal() == null).isEqualTo(isServed);
    assertThat(call.endsConnection()).isNotEqualTo(isServed);
    if (!isServed) {
      assertThat(call.refusal().status()).isEqualTo(403);
      assertThat(call.refusal().grpcStatus()).isEqualTo(Reply.GRPC_UNAUTHENTICATED);
      assertThat(call.refusal().decidedBy()).isEqualTo("connection");
      assertThat(call.decided().message()).contains("STRICT");
    }
    assertThat(mesh.serve(TestRequest.get("web", "/")).refusal()).isNull();
  }

  @Test
  @DisplayName("a preflight on a connection that may not be used is refused too")
  void plaintextPreflight() {
    Cors cors = new Cors(List.of(new StringMatch.Present()), "PUT", "", "", "5", false, false);
    CorsRules rules =
        new CorsRules(
            List.of(
                new CorsRules.Rule(
                    "r",
                    new RouteMatch(new PathMatch.Prefix("/"), null, List.of(), List.of()),
                    cors)));
    publish(new Inbound.Port(Inbound.TlsMode.STRICT, Authorization.ALLOW_ALL, rules));
    TestRequest preflight =
        TestRequest.of("OPTIONS", "web", "/")
            .header("origin", "https://site.example")
            .header("access-control-request-method", "PUT");
    assertThat(mesh.serve(preflight).refusal().status()).isEqualTo(200);
    assertThat(mesh.serve(preflight.on(Peer.PLAINTEXT)).refusal().status()).isEqualTo(403);
  }

  @Test
  @DisplayName(
      "a call that lasts, as a gRPC stream, is broken off once when a policy comes that refuses it;"
          + " a change that does not leaves it alone (beyond Istio)")
  void lasting() {
    publish(new Inbound.Port(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL));
    List<Reply> told = new ArrayList<>();
    InboundCall lasting = mesh.serve(TestRequest.grpc("web", "/Web/Watch").from(ORDERS));
    lasting.lasts(told::add);
    InboundCall ended = mesh.serve(TestRequest.grpc("web", "/Web/Watch").from(ORDERS));
    ended.lasts(told::add);
    ended.ended(200, 0, null);
    publish(new Inbound.Port(Inbound.TlsMode.STRICT, Authorization.ALLOW_ALL));
    assertThat(told).isEmpty();

    for (int i = 0; i < 2; i++) {
      publish(
          new Inbound.Port(
              Inbound.TlsMode.STRICT, new Authorization(List.of(), List.of(policy(List.of())))));
    }

    assertThat(told).singleElement().extracting(Reply::decidedBy).isEqualTo("authorization");
    assertThat(lasting.decided().decidedBy()).isEqualTo(POLICY);
    assertThat(ended.decided()).isNull();
  }

  private static Policy policy(List<Policy.Rule> rules) {
    return new Policy(POLICY, rules);
  }

  /** Certificates are verified when a connection begins; these tests begin behind that. */
  private void publish(Inbound.Port port) {
    mesh.publish(new Snapshot(1, Map.of(), new Inbound(Map.of(), port), WEB));
  }

  private void traced() {
    mesh.observer(
        new CallObserver() {
          @Override
          public String traceId(CallContext context) {
            return TRACE;
          }
        });
  }
}
