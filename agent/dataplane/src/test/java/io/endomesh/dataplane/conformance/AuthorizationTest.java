package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.AddressRange;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.DryRun;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.StringMatch;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Authorization")
class AuthorizationTest extends Conformance {

  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";
  private static final String OTHER = "spiffe://td/ns/shop/sa/other";

  @Test
  @DisplayName("without a policy everybody may call (Istio AuthorizationPolicy)")
  void none() {
    assertThat(check(new Authorization(List.of(), List.of()), null)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    // matches DENY, matches ALLOW, there is an ALLOW policy, allowed
    "false, false, false, true",
    "true,  false, false, false",
    "false, true,  true,  true",
    "false, false, true,  false",
    "true,  true,  true,  false",
  })
  @DisplayName(
      "a DENY that matches refuses; then, if there is an ALLOW policy, one must match (Istio"
          + " AuthorizationPolicy.action)")
  void denyThenAllow(boolean denied, boolean allowed, boolean anyAllow, boolean expected) {
    Authorization authorization =
        new Authorization(
            List.of(from("deny", denied ? ORDERS : OTHER)),
            anyAllow ? List.of(from("allow", allowed ? ORDERS : OTHER)) : List.of());
    assertThat(check(authorization, ORDERS) == null).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    // action, negated, values, allowed
    "DENY,  false, user,       true",
    "DENY,  false, admin|user, false",
    "DENY,  false, user|admin, false",
    "DENY,  true,  admin,      true",
    "DENY,  true,  admin|user, false",
    "ALLOW, false, admin,      true",
    "ALLOW, false, admin|user, false",
    "ALLOW, true,  user,       true",
    "ALLOW, true,  user|admin, false",
  })
  @DisplayName(
      "a header that is there several times never helps its sender: one of the values suffices to"
          + " refuse, all must match to permit (beyond Envoy, which matches them as one text)")
  void headerThereSeveralTimes(String action, boolean negated, String values, boolean allowed) {
    Condition admin = new Condition.Header("x-role", new StringMatch.Exact("admin"));
    Condition condition = negated ? new Condition.Not(admin) : admin;
    List<Policy> policies =
        List.of(new Policy("role", List.of(new Policy.Rule(Condition.ANY, condition))));
    Authorization authorization =
        action.equals("DENY")
            ? new Authorization(policies, List.of())
            : new Authorization(List.of(), policies);
    TestRequest request = TestRequest.get("web", "/").header("x-role", values.split("[|]"));
    assertThat(authorization.check(request, null, null) == null).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    // path the server routes, denied
    "/admin,          true",
    "/admin/,         true",
    "/admin/x,        true",
    "/administration, false",
    "/ADMIN,          false",
    "//admin,         false",
    "/public/../admin,false",
    "/admin;a=b,      false",
    "/%61dmin,        false",
  })
  @DisplayName(
      "a policy on a path compares the path that the server routes, decoded and normalized by the"
          + " server itself, character by character (beyond Istio, which normalizes it as a proxy)")
  void pathAsRouted(String path, boolean denied) {
    Condition admin = new Condition.Path(new PathMatch.SegmentPrefix("/admin"));
    Policy deny = new Policy("admin", List.of(new Policy.Rule(Condition.ANY, admin)));
    Authorization authorization = new Authorization(List.of(deny), List.of());
    assertThat(authorization.check(TestRequest.get("web", path), null, null) != null)
        .isEqualTo(denied);
  }

  @Test
  @DisplayName("an ALLOW policy without rules allows nobody (Istio allow-nothing)")
  void allowNothing() {
    Authorization nothing = new Authorization(List.of(), List.of(new Policy("nothing", List.of())));
    assertThat(check(nothing, ORDERS)).isNotNull();
  }

  @Test
  @DisplayName(
      "a refusal is 403, gRPC PERMISSION_DENIED, and names the policy and the caller to the"
          + " operator (Envoy RBAC)")
  void refusal() {
    Authorization authorization =
        new Authorization(List.of(from("AuthorizationPolicy/shop/deny", ORDERS)), List.of());
    Reply reply = check(authorization, ORDERS);
    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.grpcStatus()).isEqualTo(Reply.GRPC_PERMISSION_DENIED);
    assertThat(reply.decidedBy()).isEqualTo("AuthorizationPolicy/shop/deny");
    assertThat(reply.message()).contains(ORDERS);
  }

  @Test
  @DisplayName(
      "a caller without a proven identity matches no principal, and not every principal either"
          + " (Istio source.principals: \"*\")")
  void noIdentity() {
    Condition anyone = new Condition.Caller(new StringMatch.Present());
    assertThat(anyone.matches(TestRequest.get("web", "/"), null, null)).isFalse();
    assertThat(anyone.matches(TestRequest.get("web", "/"), ORDERS, null)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0, 8, 10.1.2.3, true",
    "10.0.0.0, 8, 11.0.0.1, false",
    "10.0.0.1, 32, 10.0.0.1, true",
    "0.0.0.0, 0, 8.8.8.8, true",
    "2001:db8::, 32, 2001:db8::1, true",
    "2001:db8::, 32, 10.0.0.1, false",
    "10.0.0.0, 8, orders.shop, false",
  })
  @DisplayName(
      "an address range is of one family, and names are never looked up (Istio source.ipBlocks)")
  void address(String range, int prefix, String from, boolean matches) {
    Condition condition = new Condition.Address(AddressRange.of(range, prefix));
    assertThat(condition.matches(TestRequest.get("web", "/"), null, from)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    // in force: DENY, ALLOW of; in a dry run: DENY, ALLOW of; who calls; allowed, would be refused
    ",       ,       ,       ,       orders, true,  ",
    ",       ,       orders, ,       orders, true,  dry-deny",
    ",       ,       other,  ,       orders, true,  ",
    ",       ,       ,       other,  orders, true,  dry-allow",
    ",       ,       ,       orders, orders, true,  ",
    ",       orders, ,       other,  orders, true,  ",
    ",       other,  orders, other,  orders, false, ",
    "orders, ,       orders, ,       orders, false, ",
    ",       orders, orders, ,       orders, true,  dry-deny",
  })
  @DisplayName(
      "a policy in a dry run refuses nobody; told is what it would have refused had it been in"
          + " force beside the others (Istio istio.io/dry-run, Envoy shadow_rules)")
  void dryRun(
      @Nullable String deny,
      @Nullable String allow,
      @Nullable String dryDeny,
      @Nullable String dryAllow,
      String caller,
      boolean allowed,
      @Nullable String wouldBeRefusedBy) {
    Authorization authorization =
        new Authorization(
            policies("deny", deny),
            policies("allow", allow),
            new DryRun(policies("dry-deny", dryDeny), policies("dry-allow", dryAllow), List.of()));
    Mesh mesh = mesh(authorization);
    InboundCall call = mesh.serve(TestRequest.get("web", "/").from(id(caller)));
    assertThat(call.refusal() == null).isEqualTo(allowed);
    assertThat(call.observation() == null ? null : call.observation().refusedBy())
        .isEqualTo(wouldBeRefusedBy);
  }

  @Test
  @DisplayName(
      "AUDIT decides nothing; told are the calls that match it, those that are refused too (Istio"
          + " AuthorizationPolicy.action AUDIT)")
  void audit() {
    DryRun audit = new DryRun(List.of(), List.of(), policies("audit", "orders"));
    for (List<Policy> deny : List.of(policies("deny", null), policies("deny", "orders"))) {
      Mesh mesh = mesh(new Authorization(deny, List.of(), audit));
      InboundCall matching = mesh.serve(TestRequest.get("web", "/").from(ORDERS));
      assertThat(matching.refusal() == null).isEqualTo(deny.isEmpty());
      assertThat(matching.observation().auditedBy()).isEqualTo("audit");
      assertThat(mesh.serve(TestRequest.get("web", "/").from(OTHER)).observation()).isNull();
    }
  }

  @Test
  @DisplayName("what cannot be decided in a dry run is let through, as without it")
  void dryRunThatFails() {
    Policy broken = new Policy("broken", List.of(new Policy.Rule(Condition.ANY, path("/a"))));
    Mesh mesh =
        mesh(
            new Authorization(
                List.of(), List.of(), new DryRun(List.of(broken), List.of(), List.of())));
    TestRequest unreadable =
        TestRequest.get("web", "/")
            .routed(
                () -> {
                  throw new IllegalStateException("no path");
                });
    InboundCall call = mesh.serve(unreadable);
    assertThat(call.refusal()).isNull();
    assertThat(call.observation()).isNull();
  }

  private static Mesh mesh(Authorization authorization) {
    Mesh mesh = new Mesh(TestMesh.WORKLOAD);
    Inbound.Port port = new Inbound.Port(Inbound.TlsMode.PERMISSIVE, authorization);
    mesh.publish(new Snapshot(1, Map.of(), new Inbound(Map.of(), port), null));
    return mesh;
  }

  private static List<Policy> policies(String name, @Nullable String caller) {
    return caller == null ? List.of() : List.of(from(name, id(caller)));
  }

  private static String id(String service) {
    return service.equals("orders") ? ORDERS : OTHER;
  }

  @ParameterizedTest
  @CsvSource({
    // proxies that are believed, X-Forwarded-For, from where the call came
    "0, 10.0.0.1,                      192.0.2.9",
    "1, 10.0.0.1,                      10.0.0.1",
    "1, 8.8.8.8|10.0.0.1,              10.0.0.1",
    "2, 10.0.0.1|8.8.8.8,              10.0.0.1",
    "2, '6.6.6.6, 10.0.0.1 ,8.8.8.8',  10.0.0.1",
    "3, 10.0.0.1|8.8.8.8,              192.0.2.9",
    "1, unknown,                       192.0.2.9",
    "1, '10.0.0.1,',                   192.0.2.9",
    "1, ,                              192.0.2.9",
  })
  @DisplayName(
      "of X-Forwarded-For is believed what the outermost of the trusted proxies wrote; else the"
          + " address of the connection counts (Envoy xff_num_trusted_hops, Istio remoteIpBlocks)")
  void origin(int hops, @Nullable String forwarded, String from) {
    TestRequest request = TestRequest.get("web", "/");
    if (forwarded != null) {
      request.header("x-forwarded-for", forwarded.split("[|]"));
    }
    for (String address : List.of("10.0.0.1", "192.0.2.9")) {
      Condition condition = new Condition.Origin(AddressRange.of(address, 32), hops);
      assertThat(condition.matches(request, null, "192.0.2.9"))
          .as(address)
          .isEqualTo(address.equals(from));
    }
  }

  @Test
  @DisplayName(
      "a rule holds if both who calls and what is called match, a policy if any rule does (Istio"
          + " rules.from, rules.to)")
  void rule() {
    Policy policy =
        new Policy(
            "p",
            List.of(
                new Policy.Rule(caller(ORDERS), path("/a")),
                new Policy.Rule(caller(OTHER), path("/b"))));
    assertThat(policy.matches(TestRequest.get("web", "/a"), ORDERS, null)).isTrue();
    assertThat(policy.matches(TestRequest.get("web", "/b"), ORDERS, null)).isFalse();
    assertThat(policy.matches(TestRequest.get("web", "/b"), OTHER, null)).isTrue();
  }

  @Test
  @DisplayName(
      "method, host and headers can be asked for, and each can be inverted (Istio to.operation,"
          + " when, not_*)")
  void operation() {
    TestRequest request = TestRequest.get("web", "/").header("x-env", "test");
    assertThat(header(":method", "GET").matches(request, null, null)).isTrue();
    assertThat(header(":method", "POST").matches(request, null, null)).isFalse();
    assertThat(header(":authority", "web").matches(request, null, null)).isTrue();
    assertThat(header("x-env", "test").matches(request, null, null)).isTrue();
    assertThat(header("x-other", "test").matches(request, null, null)).isFalse();
    assertThat(new Condition.Not(header("x-env", "test")).matches(request, null, null)).isFalse();
  }

  private static Reply check(Authorization authorization, @Nullable String caller) {
    return authorization.check(TestRequest.get("web", "/"), caller, "127.0.0.1");
  }

  private static Policy from(String name, String caller) {
    return new Policy(name, List.of(new Policy.Rule(caller(caller), Condition.ANY)));
  }

  private static Condition caller(String identity) {
    return new Condition.Caller(new StringMatch.Exact(identity));
  }

  private static Condition path(String path) {
    return new Condition.Path(new PathMatch.Exact(path));
  }

  private static Condition header(String name, String value) {
    return new Condition.Header(name, new StringMatch.Exact(value));
  }
}
