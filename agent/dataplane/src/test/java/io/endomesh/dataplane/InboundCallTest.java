package io.endomesh.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.Port;
import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.identity.Peer;
import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.dataplane.route.CorsRules;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.RouteMatch;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class InboundCallTest {

  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";
  private static final Authorization NOBODY =
      new Authorization(List.of(), List.of(new Policy("nobody", List.of())));

  private final Mesh mesh = new Mesh(TestMesh.WORKLOAD);

  @Test
  void serve_nothingKnown_isServed() {
    InboundCall call = mesh.serve(TestRequest.get("web", "/"));
    assertThat(call.refusal()).isNull();
    assertThat(call.caller()).isNull();
  }

  @Test
  void callsBeingServed_countsThoseThatHaveNotEnded_onceEach() {
    InboundCall first = mesh.serve(TestRequest.get("web", "/"));
    publish(new Inbound(Map.of(8080, new Port(TlsMode.PERMISSIVE, NOBODY)), open()));
    InboundCall refused = mesh.serve(TestRequest.get("web", "/"));
    assertThat(mesh.callsBeingServed()).isEqualTo(2);

    first.ended(200, Outcome.NOT_GRPC, null);
    first.ended(200, Outcome.NOT_GRPC, null);
    assertThat(mesh.callsBeingServed()).isEqualTo(1);
    refused.ended(403, Outcome.NOT_GRPC, null);
    assertThat(mesh.callsBeingServed()).isZero();
  }

  @Test
  void serve_policyOfThePort_refuses() {
    publish(new Inbound(Map.of(8080, new Port(TlsMode.PERMISSIVE, NOBODY)), open()));
    InboundCall call = mesh.serve(TestRequest.get("web", "/").from(ORDERS));
    assertThat(call.refusal()).isNotNull();
    assertThat(call.caller()).isEqualTo(ORDERS);
  }

  @Test
  void serve_policyOfAnotherPort_doesNotApply() {
    publish(new Inbound(Map.of(9999, new Port(TlsMode.PERMISSIVE, NOBODY)), open()));
    assertThat(mesh.serve(TestRequest.get("web", "/")).refusal()).isNull();
  }

  @Test
  void serve_requestThatCannotBeRead_isRefusedIfThereIsAPolicy() {
    Condition path = new Condition.Path(new PathMatch.Prefix("/public"));
    Policy allow = new Policy("public", List.of(new Policy.Rule(Condition.ANY, path)));
    TestRequest unreadable =
        TestRequest.get("web", "/")
            .routed(
                () -> {
                  throw new IllegalStateException("no path");
                });
    publish(
        new Inbound(
            Map.of(
                8080, new Port(TlsMode.PERMISSIVE, new Authorization(List.of(), List.of(allow)))),
            open()));

    Reply refusal = mesh.serve(unreadable).decided();

    assertThat(refusal).isNotNull();
    assertThat(refusal.status()).isEqualTo(403);
    assertThat(refusal.message()).contains("no path");
    publish(Inbound.OPEN);
    assertThat(mesh.serve(unreadable).refusal()).isNull();
  }

  @Test
  void serve_corsRuleThatCannotReadTheRequest_doesNotPassByThePolicies() {
    RouteMatch onPath =
        new RouteMatch(new PathMatch.SegmentPrefix("/a"), null, List.of(), List.of());
    CorsRules cors = new CorsRules(List.of(new CorsRules.Rule("r", onPath, null)));
    publish(new Inbound(Map.of(), new Port(TlsMode.PERMISSIVE, NOBODY, cors)));

    Reply refusal =
        mesh.serve(
                TestRequest.get("web", "/")
                    .routed(
                        () -> {
                          throw new IllegalStateException("no path");
                        }))
            .refusal();

    assertThat(refusal).isNotNull();
    assertThat(refusal.status()).isEqualTo(403);
  }

  @Test
  void rerouted_isDecidedByThePathItHasNow() {
    Condition path = new Condition.Path(new PathMatch.SegmentPrefix("/admin"));
    Policy deny = new Policy("admin", List.of(new Policy.Rule(Condition.ANY, path)));
    publish(
        new Inbound(
            Map.of(8080, new Port(TlsMode.PERMISSIVE, new Authorization(List.of(deny), List.of()))),
            open()));
    AtomicReference<String> routed = new AtomicReference<>("/moved");
    InboundCall call = mesh.serve(TestRequest.get("web", "/moved").routed(routed::get));
    assertThat(call.refusal()).isNull();

    routed.set("/admin");
    assertThat(call.rerouted()).isNotNull();
    assertThat(call.refusal()).isNotNull();

    routed.set("/public");
    assertThat(call.rerouted()).as("refused stays refused").isNotNull();
  }

  /** A server with several workloads may route a request to another of them. */
  @Test
  void rerouted_toAnotherWorkload_isDecidedByItsPolicies() {
    Mesh other = new Mesh(TestMesh.WORKLOAD);
    InboundCall call = mesh.serve(TestRequest.get("web", "/"));
    assertThat(call.refusal()).isNull();
    assertThat(call.context().mesh()).isSameAs(mesh);

    assertThat(call.rerouted(other)).isNull();
    assertThat(call.context().mesh()).isSameAs(other);

    other.publish(
        new Snapshot(1, Map.of(), new Inbound(Map.of(), new Port(TlsMode.DISABLE, NOBODY)), null));
    assertThat(call.rerouted(mesh)).isNull();
    assertThat(call.rerouted(other)).isNotNull();
  }

  @Test
  void rerouted_fromPlaintextToAWorkloadThatIsStrict_isRefused() {
    Mesh strict = new Mesh(TestMesh.WORKLOAD);
    strict.publish(
        new Snapshot(
            1,
            Map.of(),
            new Inbound(Map.of(), new Port(TlsMode.STRICT, Authorization.ALLOW_ALL)),
            null));
    InboundCall call = mesh.serve(TestRequest.get("web", "/").on(Peer.PLAINTEXT));
    assertThat(call.refusal()).isNull();

    assertThat(call.rerouted(strict)).isNotNull();
    assertThat(call.endsConnection()).isTrue();
  }

  @Test
  void serve_twoIdentities_identifyNobody() {
    assertThat(mesh.serve(TestRequest.get("web", "/").from(ORDERS, ORDERS + "2")).caller())
        .isNull();
  }

  @Test
  void serverTls_strictWithoutCertificate_acceptsNothing() {
    publish(new Inbound(Map.of(), new Port(TlsMode.STRICT, Authorization.ALLOW_ALL)));
    assertThat(mesh.serverTls(8080).acceptsPlaintext()).isFalse();
    assertThat(mesh.serverTls(8080).context()).isNull();
  }

  @Test
  void serverTls_followsTheSnapshot() {
    assertThat(mesh.serverTls(8080).detects()).isFalse();
    mesh.publish(
        new Snapshot(
            1,
            Map.of(),
            new Inbound(Map.of(), new Port(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL)),
            new TestAuthority().identity(ORDERS)));
    assertThat(mesh.serverTls(8080).detects()).isTrue();
    assertThat(mesh.serverTls(8080).acceptsPlaintext()).isTrue();
    assertThat(mesh.serverTls(8080).context()).isNotNull();
  }

  private static Port open() {
    return Inbound.OPEN.otherPorts();
  }

  private void publish(Inbound inbound) {
    mesh.publish(new Snapshot(1, Map.of(), inbound, null));
  }
}
