package io.endomesh.xds;

import static io.endomesh.xds.FakeController.take;
import static io.endomesh.xds.Xds.CLUSTER;
import static io.endomesh.xds.Xds.ENDPOINTS;
import static io.endomesh.xds.Xds.LISTENER;
import static io.endomesh.xds.Xds.ROUTE;
import static io.endomesh.xds.Xds.any;
import static io.endomesh.xds.Xds.cluster;
import static io.endomesh.xds.Xds.endpoint;
import static io.endomesh.xds.Xds.endpoints;
import static io.endomesh.xds.Xds.listener;
import static io.endomesh.xds.Xds.removing;
import static io.endomesh.xds.Xds.resource;
import static io.endomesh.xds.Xds.response;
import static io.endomesh.xds.Xds.routes;
import static io.endomesh.xds.Xds.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.proto.v1.WorkloadMessage;
import io.endomesh.xds.identity.KeyKind;
import io.endomesh.xds.join.Health;
import io.endomesh.xds.join.Registrar;
import io.endomesh.xds.runtime.RecordedLog;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ControlPlaneTest {

  @TempDir Path state;

  private final RecordedLog log = new RecordedLog();
  private final Workload workload = new Workload("shop", "default", "shop-1", Map.of());
  private final Mesh mesh = new Mesh(workload);

  private ControlPlane start(JoinString join, Mesh mesh) {
    return start(join, mesh, /* keepsCredentials= */ true);
  }

  private ControlPlane start(JoinString join, Mesh mesh, boolean keepsCredentials) {
    ControlPlane started =
        ControlPlane.start(
            new ControlPlaneSettings(
                join,
                state,
                Duration.ofSeconds(20),
                new Registrar.About(workload, "", Map.of(), "test", "17", "Shop", 1),
                KeyKind.EC,
                keepsCredentials,
                () -> Health.UNKNOWN,
                log),
            mesh);
    mesh.discovery(started.discovery());
    mesh.listeners(started);
    return started;
  }

  private static void serveOrders(StreamObserver<DeltaDiscoveryResponse> out) {
    out.onNext(
        response(LISTENER, "l1", resource(LISTENER, "orders", "1", listener("orders", "r"))));
    out.onNext(response(ROUTE, "r1", resource(ROUTE, "r", "1", routes("r", to("c1")))));
    out.onNext(response(CLUSTER, "c1", resource(CLUSTER, "c1", "1", cluster("c1", false))));
    out.onNext(
        response(
            ENDPOINTS,
            "e1",
            resource(ENDPOINTS, "c1", "1", endpoints("c1", endpoint("10.0.0.1", 8080, "")))));
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private WorkloadMessage registration(FakeController controller, int ports)
      throws InterruptedException {
    WorkloadMessage message = take(controller.joined);
    while (!message.hasRegistration() || message.getRegistration().getPortsCount() != ports) {
      message = take(controller.joined);
    }
    return message;
  }

  @Test
  void start_refusingUntilConfigured_refusesUntilTheRulesAreThere() throws Exception {
    TestAuthority authority = new TestAuthority();
    mesh.publish(new Snapshot(0, Map.of(), Inbound.CLOSED, null));
    try (FakeController controller = new FakeController(authority, 0);
        ControlPlane started = start(controller.join(authority.fingerprint()), mesh)) {
      StreamObserver<DeltaDiscoveryResponse> discovery = controller.discovery();
      await(() -> mesh.identity() != null);
      assertThat(mesh.snapshot().inbound().port(8080)).isEqualTo(Inbound.CLOSED.otherPorts());

      HttpConnectionManager open = HttpConnectionManager.getDefaultInstance();
      Listener others =
          Listener.newBuilder()
              .setName("endomesh/inbound/0")
              .addFilterChains(
                  FilterChain.newBuilder()
                      .addFilters(
                          Filter.newBuilder()
                              .setName("http")
                              .setTypedConfig(
                                  any(
                                      "envoy.extensions.filters.network.http_connection_manager.v3"
                                          + ".HttpConnectionManager",
                                      open))))
              .build();
      discovery.onNext(
          response(LISTENER, "l1", resource(LISTENER, "endomesh/inbound/0", "1", others)));
      await(() -> mesh.snapshot().inbound().port(8080).authorization().allow().isEmpty());
      started.close();
    }
  }

  @Test
  void start_newWorkload_getsCertificateRegistersAndLearnsOnDemand() throws Exception {
    TestAuthority authority = new TestAuthority();
    try (FakeController controller = new FakeController(authority, 0);
        ControlPlane started = start(controller.join(authority.fingerprint()), mesh)) {
      StreamObserver<DeltaDiscoveryResponse> discovery = controller.discovery();
      assertThat(take(controller.authorizations)).isEqualTo("Bearer " + FakeController.TOKEN);
      CompletableFuture<VirtualHost> orders =
          CompletableFuture.supplyAsync(() -> started.discovery().lookup("orders"));
      controller.subscription("orders");
      serveOrders(discovery);
      assertThat(orders.get(20, TimeUnit.SECONDS)).isNotNull();
      assertThat(mesh.knows("orders")).isTrue();

      CompletableFuture<VirtualHost> unknown =
          CompletableFuture.supplyAsync(() -> started.discovery().lookup("example.com"));
      controller.subscription("example.com");
      discovery.onNext(removing(LISTENER, "l2", "example.com"));
      assertThat(unknown.get(20, TimeUnit.SECONDS)).isNull();

      assertThat(mesh.identity().spiffeId())
          .isEqualTo("spiffe://endomesh.local/ns/default/sa/shop");
      mesh.listening(8080, Protocol.HTTP);
      assertThat(registration(controller, 1).getRegistration().getPorts(0).getNumber())
          .isEqualTo(8080);
      started.close();
      WorkloadMessage last = take(controller.joined);
      while (!last.hasGoodbye()) {
        last = take(controller.joined);
      }
    }
  }

  @Test
  void withdraw_takesBackAllPorts_offersNoOtherOne_andStaysConnected() throws Exception {
    TestAuthority authority = new TestAuthority();
    try (FakeController controller = new FakeController(authority, 0);
        ControlPlane started = start(controller.join(authority.fingerprint()), mesh)) {
      assertThat(started.withdraw().get(20, TimeUnit.SECONDS)).as("nobody was told").isFalse();
    }
    try (FakeController controller = new FakeController(authority, 0);
        ControlPlane started = start(controller.join(authority.fingerprint()), mesh)) {
      mesh.listening(8080, Protocol.HTTP);
      registration(controller, 1);

      assertThat(started.withdraw().get(20, TimeUnit.SECONDS)).isTrue();

      registration(controller, 0);
      mesh.listening(9090, Protocol.HTTP);
      assertThat(started.withdraw().get(20, TimeUnit.SECONDS)).as("already").isFalse();
      started.close();
      WorkloadMessage last = take(controller.joined);
      while (!last.hasGoodbye()) {
        assertThat(last.getRegistration().getPortsCount()).isZero();
        last = take(controller.joined);
      }
    }
  }

  @Test
  void start_controllerAway_worksFromTheLastKnownGood() throws Exception {
    TestAuthority authority = new TestAuthority();
    FakeController controller = new FakeController(authority, 0);
    JoinString join = controller.join(authority.fingerprint());
    try (ControlPlane first = start(join, mesh)) {
      StreamObserver<DeltaDiscoveryResponse> discovery = controller.discovery();
      CompletableFuture<VirtualHost> orders =
          CompletableFuture.supplyAsync(() -> first.discovery().lookup("orders"));
      controller.subscription("orders");
      serveOrders(discovery);
      orders.get(20, TimeUnit.SECONDS);
      await(() -> java.nio.file.Files.exists(kept("resources", join)));
    }
    controller.close();

    Mesh restarted = new Mesh(workload);
    try (ControlPlane second = start(join, restarted)) {
      assertThat(restarted.snapshot().hosts()).containsOnlyKeys("orders");
      assertThat(restarted.identity()).isNotNull();
      assertThat(second.discovery().lookup("orders")).isNotNull();
    }
  }

  @Test
  void start_controllerAway_keyInMemoryOnly_knowsItsRulesAndProvesNothing() throws Exception {
    TestAuthority authority = new TestAuthority();
    FakeController controller = new FakeController(authority, 0);
    JoinString join = controller.join(authority.fingerprint());
    try (ControlPlane first = start(join, mesh, /* keepsCredentials= */ false)) {
      StreamObserver<DeltaDiscoveryResponse> discovery = controller.discovery();
      CompletableFuture<VirtualHost> orders =
          CompletableFuture.supplyAsync(() -> first.discovery().lookup("orders"));
      controller.subscription("orders");
      serveOrders(discovery);
      orders.get(20, TimeUnit.SECONDS);
      await(() -> java.nio.file.Files.exists(kept("resources", join)));
      assertThat(mesh.identity()).isNotNull();
    }
    controller.close();
    try (var files = java.nio.file.Files.list(kept("resources", join).getParent())) {
      assertThat(files).containsExactly(kept("resources", join));
    }

    Mesh restarted = new Mesh(workload);
    try (ControlPlane second = start(join, restarted, /* keepsCredentials= */ false)) {
      assertThat(restarted.snapshot().hosts()).containsOnlyKeys("orders");
      assertThat(restarted.identity()).isNull();
    }
  }

  private Path kept(String name, JoinString join) {
    return state
        .resolve(join.controller().replace(':', '_'))
        .resolve("default")
        .resolve("shop")
        .resolve(name);
  }

  @Test
  void start_controllerRestarts_comesBackWithVersionsAndWithoutToken() throws Exception {
    TestAuthority authority = new TestAuthority();
    FakeController first = new FakeController(authority, 0);
    int port = first.port();
    try (ControlPlane started = start(first.join(authority.fingerprint()), mesh)) {
      StreamObserver<DeltaDiscoveryResponse> discovery = first.discovery();
      CompletableFuture<VirtualHost> orders =
          CompletableFuture.supplyAsync(() -> started.discovery().lookup("orders"));
      first.subscription("orders");
      serveOrders(discovery);
      orders.get(20, TimeUnit.SECONDS);
      first.close();
      try (FakeController second = new FakeController(authority, port)) {
        assertThat(second.subscription("orders").getInitialResourceVersionsMap())
            .containsEntry("orders", "1");
        assertThat(registration(second, 0).getRegistration().getInstance()).isEqualTo("shop-1");
        assertThat(second.authorizations).isEmpty();
        assertThat(mesh.snapshot().hosts()).containsKey("orders");
      }
    }
  }

  private static JoinString withToken(JoinString join, String token) {
    return new JoinString(join.host(), join.port(), token, join.rootFingerprint());
  }

  @Test
  void start_sameTokenAgain_comesBackByItsCertificate() throws Exception {
    TestAuthority authority = new TestAuthority();
    try (FakeController controller = new FakeController(authority, 0)) {
      JoinString join = controller.join(authority.fingerprint());
      try (ControlPlane first = start(join, mesh)) {
        registration(controller, 0);
      }
      controller.authorizations.clear();

      try (ControlPlane second = start(join, new Mesh(workload))) {
        registration(controller, 0);
        assertThat(controller.authorizations).isEmpty();
      }
    }
  }

  @Test
  void start_anotherToken_isShownAndItsCertificateReplacesTheOneThatWasKept() throws Exception {
    TestAuthority authority = new TestAuthority();
    try (FakeController controller = new FakeController(authority, 0)) {
      JoinString join = controller.join(authority.fingerprint());
      try (ControlPlane first = start(join, mesh)) {
        registration(controller, 0);
      }
      controller.authorizations.clear();
      Mesh restarted = new Mesh(workload);

      try (ControlPlane second = start(withToken(join, "emt_new"), restarted)) {
        assertThat(restarted.identity()).as("until then").isNotNull();
        assertThat(take(controller.authorizations)).isEqualTo("Bearer emt_new");
        registration(controller, 0);
        assertThat(restarted.identity()).isNotEqualTo(mesh.identity());
        assertThat(log.warnings()).isEmpty();
      }
    }
  }

  @Test
  void start_anotherTokenThatIsNotTaken_goesOnWithTheCertificateAndSaysSo() throws Exception {
    TestAuthority authority = new TestAuthority();
    try (FakeController controller = new FakeController(authority, 0)) {
      JoinString join = controller.join(authority.fingerprint());
      try (ControlPlane first = start(join, mesh)) {
        registration(controller, 0);
      }
      controller.tokenExpired = true;

      try (ControlPlane second = start(withToken(join, "emt_new"), new Mesh(workload))) {
        registration(controller, 0);
        assertThat(log.warnings())
            .singleElement()
            .asString()
            .startsWith("the join token is not taken: ")
            .contains("join token expired")
            .endsWith("; going on with the certificate of the one before");
      }
    }
  }

  @Test
  void start_wrongFingerprint_saysSoAndSendsNothing() throws Exception {
    TestAuthority authority = new TestAuthority();
    try (FakeController controller = new FakeController(authority, 0);
        ControlPlane started = start(controller.join("sha256:" + "00".repeat(32)), mesh)) {
      await(() -> !log.warnings().isEmpty());
      assertThat(log.warnings().get(0))
          .contains("root certificate is " + authority.fingerprint(), "(expected: sha256:0000");
      assertThat(started.discovery().lookup("orders")).isNull();
      assertThat(controller.authorizations).isEmpty();
    }
  }

  @Test
  void start_expiredToken_saysSoOnceAndKeepsTrying() throws Exception {
    TestAuthority authority = new TestAuthority();
    try (FakeController controller = new FakeController(authority, 0)) {
      controller.tokenExpired = true;
      try (ControlPlane started = start(controller.join(authority.fingerprint()), mesh)) {
        take(controller.authorizations);
        take(controller.authorizations);
        assertThat(started.discovery().lookup("orders")).isNull();
        assertThat(log.warnings()).singleElement().asString().contains("join token expired");
        assertThat(log.warnings().toString()).doesNotContain(FakeController.TOKEN);
        controller.tokenExpired = false;
        controller.discovery();
      }
    }
  }

  @Test
  void received_truncatedMessage_saysSoOnceKeepsWhatIsKnownAndComesBack() throws Exception {
    TestAuthority authority = new TestAuthority();
    try (FakeController controller = new FakeController(authority, 0);
        ControlPlane started = start(controller.join(authority.fingerprint()), mesh)) {
      StreamObserver<DeltaDiscoveryResponse> discovery = controller.discovery();
      CompletableFuture<VirtualHost> orders =
          CompletableFuture.supplyAsync(() -> started.discovery().lookup("orders"));
      controller.subscription("orders");
      serveOrders(discovery);
      orders.get(20, TimeUnit.SECONDS);

      controller.cutsShort = true;
      discovery.onNext(removing(LISTENER, "l2", "orders"));
      StreamObserver<DeltaDiscoveryResponse> again = controller.discovery();
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("bytes that are no DeltaDiscoveryResponse (expected: ")
          .endsWith("; going on with what is known, and trying again");
      assertThat(mesh.knows("orders")).isTrue();

      controller.cutsShort = false;
      again.onNext(removing(LISTENER, "l3", "orders"));
      await(() -> !mesh.knows("orders"));
      assertThat(log.infos()).anyMatch(sentence -> sentence.endsWith("is back"));
    }
  }
}
