package io.endomesh.xds;

import static io.endomesh.xds.FakeController.take;
import static io.endomesh.xds.RateLimits.asking;
import static io.endomesh.xds.RateLimits.limit;
import static io.endomesh.xds.RateLimits.named;
import static io.endomesh.xds.Xds.CLUSTER;
import static io.endomesh.xds.Xds.ENDPOINTS;
import static io.endomesh.xds.Xds.LISTENER;
import static io.endomesh.xds.Xds.any;
import static io.endomesh.xds.Xds.cluster;
import static io.endomesh.xds.Xds.endpoint;
import static io.endomesh.xds.Xds.endpoints;
import static io.endomesh.xds.Xds.resource;
import static io.endomesh.xds.Xds.response;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.cluster.ClusterLoad;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.limit.LimitServer;
import io.endomesh.xds.http2.Http2Client;
import io.endomesh.xds.join.Health;
import io.endomesh.xds.join.Registrar;
import io.endomesh.xds.remote.RemoteServers;
import io.endomesh.xds.runtime.ControlThread;
import io.endomesh.xds.runtime.RecordedLog;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.ratelimit.v3.RateLimitServiceConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent that asks another limit server than its controller. */
@Timeout(60)
class OtherLimitServersTest {

  private static final String POLICY = "RateLimitPolicy/shop/orders";
  private static final String CLUSTER_NAME = "outbound|8081||ratelimit.infra";
  private static final String AUTHORITY = "ratelimit.infra:8081";

  /** Long: what does not time out on purpose is not to do so on a busy machine. */
  private static final Duration PATIENT = Duration.newBuilder().setSeconds(20).build();

  private static final Duration IMPATIENT = Duration.newBuilder().setNanos(20_000_000).build();

  private static final RateLimitResponse OVER =
      RateLimitResponse.newBuilder().setOverallCode(Code.OVER_LIMIT).build();

  @TempDir Path state;

  private final RecordedLog log = new RecordedLog();
  private final Workload workload = new Workload("shop", "default", "shop-1", Map.of());
  private final Mesh mesh = new Mesh(workload);
  private TestAuthority authority;
  private FakeController controller;
  private ControlPlane agent;
  private StreamObserver<DeltaDiscoveryResponse> discovery;
  private int version;

  @BeforeEach
  void start() throws Exception {
    authority = new TestAuthority();
    controller = new FakeController(authority, 0);
    agent =
        ControlPlane.start(
            new ControlPlaneSettings(
                controller.join(authority.fingerprint()),
                state,
                java.time.Duration.ofSeconds(20),
                new Registrar.About(workload, "", Map.of(), "test", "17", "Shop", 1),
                () -> Health.UNKNOWN,
                log),
            mesh);
    discovery = controller.discovery();
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    controller.close();
    // The last write of the state may just be under way.
    await(this::isEmptied);
  }

  private boolean isEmptied() {
    try (Stream<Path> files = Files.walk(state)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(state)) {
          Files.delete(file);
        }
      }
      return true;
    } catch (IOException | UncheckedIOException written) {
      return false;
    }
  }

  /** The agent asks the controller about the cluster that the policy names, and gets it. */
  private void limitedBy(boolean tls, Duration timeout, boolean deny, LbEndpoint... endpoints)
      throws Exception {
    limitedBy(cluster(CLUSTER_NAME, tls), timeout, deny, endpoints);
  }

  private void limitedBy(Cluster cluster, Duration timeout, boolean deny, LbEndpoint... endpoints)
      throws Exception {
    GrpcService.EnvoyGrpc server =
        GrpcService.EnvoyGrpc.newBuilder()
            .setClusterName(CLUSTER_NAME)
            .setAuthority(AUTHORITY)
            .build();
    discovery.onNext(
        response(
            LISTENER,
            next(),
            resource(
                LISTENER,
                "endomesh/inbound/0",
                next(),
                RateLimits.global(
                    "endomesh/inbound/0",
                    POLICY,
                    asking(POLICY)
                        .setTimeout(timeout)
                        .setFailureModeDeny(deny)
                        .setRateLimitService(
                            RateLimitServiceConfig.newBuilder()
                                .setGrpcService(GrpcService.newBuilder().setEnvoyGrpc(server)))
                        .build(),
                    limit(named("all"))))));
    controller.subscription(CLUSTER_NAME);
    discovery.onNext(response(CLUSTER, next(), resource(CLUSTER, CLUSTER_NAME, next(), cluster)));
    controller.subscription(CLUSTER_NAME);
    at(endpoints);
    await(() -> !mesh.snapshot().inbound().otherPorts().rateLimits().isEmpty());
  }

  private void at(LbEndpoint... endpoints) {
    discovery.onNext(
        response(
            ENDPOINTS,
            next(),
            resource(ENDPOINTS, CLUSTER_NAME, next(), endpoints(CLUSTER_NAME, endpoints))));
  }

  private String next() {
    return Integer.toString(++version);
  }

  private static LbEndpoint plain(FakeLimitServer server) {
    return endpoint("127.0.0.1", server.port(), "");
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private Reply serve() {
    return mesh.serve(TestRequest.get("shop", "/")).refusal();
  }

  /** What the operator reads of a refusal, and the caller does not. */
  private String why() {
    return mesh.serve(TestRequest.get("shop", "/")).decided().message();
  }

  /** Serves until the server that is to be asked was asked. */
  private void awaitAsked(FakeLimitServer server) {
    await(
        () -> {
          Reply refused = serve();
          return !server.questions.isEmpty() && refused != null == (server.answer == OVER);
        });
  }

  @Test
  void server_ofTheMesh_isAskedByMutualTls_andTheControllerIsNot() throws Exception {
    try (FakeLimitServer server =
        new FakeLimitServer(authority, "infra", "ratelimit", ClientAuth.REQUIRE)) {
      limitedBy(
          /* tls= */ true,
          PATIENT,
          /* deny= */ true,
          endpoint("127.0.0.1", server.port(), "spiffe://endomesh.local/ns/infra/sa/ratelimit"));
      awaitAsked(server);

      assertThat(take(server.questions).getDomain()).isEqualTo(POLICY);
      assertThat(take(server.arrived).callers())
          .containsExactly("spiffe://endomesh.local/ns/default/sa/shop");
      assertThat(controller.questions).isEmpty();
    }
  }

  @Test
  void server_outsideTheMesh_isAskedByTheTlsOfItsCluster() throws Exception {
    CertificateValidationContext trusted =
        CertificateValidationContext.newBuilder()
            .setTrustedCa(
                DataSource.newBuilder().setInlineString(TestAuthority.pem(authority.root())))
            .addMatchTypedSubjectAltNames(
                SubjectAltNameMatcher.newBuilder()
                    .setSanType(SubjectAltNameMatcher.SanType.URI)
                    .setMatcher(
                        StringMatcher.newBuilder()
                            .setExact("spiffe://endomesh.local/ns/infra/sa/ratelimit")))
            .build();
    UpstreamTlsContext tls =
        UpstreamTlsContext.newBuilder()
            .setSni("limits.example")
            .setCommonTlsContext(CommonTlsContext.newBuilder().setValidationContext(trusted))
            .build();
    try (FakeLimitServer server =
        new FakeLimitServer(authority, "infra", "ratelimit", ClientAuth.OPTIONAL)) {
      limitedBy(
          cluster(CLUSTER_NAME, false).toBuilder()
              .setTransportSocket(
                  TransportSocket.newBuilder()
                      .setTypedConfig(
                          any("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", tls)))
              .build(),
          PATIENT,
          /* deny= */ true,
          plain(server));
      awaitAsked(server);

      assertThat(take(server.arrived).callers()).isEmpty();
    }
  }

  @Test
  void server_thatProvesAnotherIdentity_isNotAsked() throws Exception {
    try (FakeLimitServer server =
        new FakeLimitServer(authority, "infra", "somebody", ClientAuth.REQUIRE)) {
      limitedBy(
          /* tls= */ true,
          PATIENT,
          /* deny= */ true,
          endpoint("127.0.0.1", server.port(), "spiffe://endomesh.local/ns/infra/sa/ratelimit"));
      await(
          () -> {
            assertThat(serve().status()).isEqualTo(500);
            return log.warnings().stream().anyMatch(said -> said.contains("somebody"));
          });
      assertThat(server.questions).isEmpty();
    }
  }

  @Test
  void server_inPlaintext_isAskedUnderItsAuthority_andItsAnswerWithoutDetailsIsObeyed()
      throws Exception {
    try (FakeLimitServer server = new FakeLimitServer(0)) {
      server.answer =
          OVER.toBuilder()
              .addResponseHeadersToAdd(
                  HeaderValue.newBuilder().setKey("RateLimit-Limit").setValue("9"))
              .addResponseHeadersToAdd(
                  HeaderValue.newBuilder().setKey("content-length").setValue("9"))
              .addResponseHeadersToAdd(
                  HeaderValue.newBuilder().setKey("x-split").setValue("a\r\nb: c"))
              .build();
      limitedBy(/* tls= */ false, PATIENT, /* deny= */ false, plain(server));
      await(() -> serve() != null);

      Reply refusal = serve();
      assertThat(refusal.status()).isEqualTo(429);
      assertThat(why()).contains("counted by " + AUTHORITY);
      assertThat(refusal.headers())
          .containsExactly(
              new Reply.Header("x-ratelimit-remaining", "0"),
              new Reply.Header("x-envoy-ratelimited", "true"),
              new Reply.Header("ratelimit-limit", "9"));
      assertThat(take(server.arrived).authority()).isEqualTo(AUTHORITY);
    }
  }

  @Test
  void server_thatIsAway_delaysNobody_andIsAskedWhenItIsThere() throws Exception {
    int port;
    try (FakeLimitServer before = new FakeLimitServer(0)) {
      port = before.port();
    }
    limitedBy(/* tls= */ false, PATIENT, true, endpoint("127.0.0.1", port, ""));
    long start = System.nanoTime();
    await(() -> log.warnings().stream().anyMatch(said -> said.contains("refused")) || asks());
    assertThat(System.nanoTime() - start)
        .isLessThan(TimeUnit.SECONDS.toNanos(PATIENT.getSeconds()));
    assertThat(why()).contains("the limit server " + AUTHORITY + " of " + POLICY);
    assertThat(log.warnings()).filteredOn(said -> said.contains(AUTHORITY)).hasSize(1);

    try (FakeLimitServer back = new FakeLimitServer(port)) {
      awaitAsked(back);
      assertThat(serve()).isNull();
    }
  }

  /** Asked while nobody is there. */
  private boolean asks() {
    assertThat(serve().status()).isEqualTo(500);
    return !log.warnings().isEmpty();
  }

  @Test
  void server_thatIsSilent_delaysACallForTheTimeoutAndNoLonger() throws Exception {
    try (FakeLimitServer server = new FakeLimitServer(0)) {
      limitedBy(/* tls= */ false, IMPATIENT, /* deny= */ false, plain(server));
      awaitAsked(server);
      server.answer = null;
      long start = System.nanoTime();
      assertThat(serve()).isNull();
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(IMPATIENT.getNanos());
      assertThat(log.warnings()).anyMatch(said -> said.contains("limit server " + AUTHORITY));
    }
  }

  @Test
  void endpoints_ofAServer_areAllAsked_andWhoIsGoneIsNot() throws Exception {
    try (FakeLimitServer first = new FakeLimitServer(0);
        FakeLimitServer second = new FakeLimitServer(0)) {
      limitedBy(/* tls= */ false, PATIENT, /* deny= */ true, plain(first), plain(second));
      awaitAsked(first);
      awaitAsked(second);

      first.close();
      await(
          () -> {
            second.questions.clear();
            int served = 0;
            for (int i = 0; i < 20; i++) {
              served += serve() == null ? 1 : 0;
            }
            return served == 20 && second.questions.size() == 20;
          });
    }
  }

  @Test
  void endpoint_thatNeverAnswers_isTakenOutByTheOutlierDetectionOfTheCluster() throws Exception {
    OutlierDetection afterOne =
        OutlierDetection.newBuilder()
            .setConsecutiveGatewayFailure(UInt32Value.of(1))
            .setEnforcingConsecutiveGatewayFailure(UInt32Value.of(100))
            .setMaxEjectionPercent(UInt32Value.of(50))
            .setBaseEjectionTime(Duration.newBuilder().setSeconds(300))
            .build();
    try (FakeLimitServer silent = new FakeLimitServer(0);
        FakeLimitServer other = new FakeLimitServer(0)) {
      limitedBy(
          cluster(CLUSTER_NAME, false).toBuilder().setOutlierDetection(afterOne).build(),
          Duration.newBuilder().setNanos(500_000_000).build(),
          /* deny= */ true,
          plain(silent),
          plain(other));
      awaitAsked(silent);
      awaitAsked(other);
      silent.answer = null;
      await(() -> serve() != null);

      other.questions.clear();
      for (int i = 0; i < 20; i++) {
        assertThat(serve()).isNull();
      }
      assertThat(other.questions).hasSize(20);
    }
  }

  @Test
  void certificate_thatIsRenewed_isProvedByANewConnection_andNoQuestionIsLost() throws Exception {
    GlobalPolicy.Server named = new GlobalPolicy.Server(CLUSTER_NAME, AUTHORITY);
    LimitServer.Question question = new LimitServer.Question(POLICY, List.of());
    Identity first = authority.credentials("default", "first").identity();
    Identity renewed = authority.credentials("default", "renewed").identity();
    Http2Client http = new Http2Client(log);
    try (FakeLimitServer server =
            new FakeLimitServer(authority, "infra", "ratelimit", ClientAuth.REQUIRE);
        ControlThread serial = new ControlThread(log)) {
      Endpoint endpoint =
          new Endpoint(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
              "spiffe://endomesh.local/ns/infra/sa/ratelimit",
              Map.of(),
              1,
              new Load());
      io.endomesh.dataplane.cluster.Cluster cluster =
          new io.endomesh.dataplane.cluster.Cluster(
              CLUSTER_NAME,
              "ratelimit.infra",
              List.of(endpoint),
              ClusterPolicy.DEFAULT,
              new ClusterLoad());
      RemoteServers limits = new RemoteServers(() -> null, http, serial, System::nanoTime, log);
      CompletableFuture<LimitServer> used = new CompletableFuture<>();
      serial.execute(
          () -> {
            limits.use(Map.of(named, cluster), first);
            used.complete(limits.limits(named));
          });
      LimitServer asked = used.get(20, TimeUnit.SECONDS);
      await(() -> asked.ask(question, TimeUnit.SECONDS.toNanos(20)) != null);

      serial.execute(() -> limits.use(Map.of(named, cluster), renewed));
      await(
          () -> {
            assertThat(asked.ask(question, TimeUnit.SECONDS.toNanos(20))).isNotNull();
            return server.arrived.stream().anyMatch(OtherLimitServersTest::isRenewed);
          });
      await(
          () -> {
            assertThat(asked.ask(question, TimeUnit.SECONDS.toNanos(20))).isNotNull();
            return server.connections.get() == 1;
          });
    } finally {
      http.close();
    }
  }

  private static boolean isRenewed(FakeLimitServer.Arrived arrived) {
    return arrived.callers().contains("spiffe://endomesh.local/ns/default/sa/renewed");
  }

  @Test
  void connection_isKept_whileTheControllerIsAway_andClosedWhenNobodyNamesTheServer()
      throws Exception {
    try (FakeLimitServer server = new FakeLimitServer(0)) {
      limitedBy(/* tls= */ false, PATIENT, /* deny= */ true, plain(server));
      awaitAsked(server);
      for (int i = 0; i < 10; i++) {
        assertThat(serve()).isNull();
      }
      assertThat(server.connections).hasValue(1);

      at();
      await(() -> server.connections.get() == 0);
      assertThat(serve().status()).isEqualTo(500);
      at(plain(server));
      awaitAsked(server);

      controller.close();
      await(() -> log.warnings().stream().anyMatch(said -> said.contains("controller")));
      assertThat(serve()).isNull();
      assertThat(server.connections).hasValue(1);
    }
  }
}
