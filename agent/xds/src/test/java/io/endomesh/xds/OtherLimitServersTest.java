package io.endomesh.xds;

import static io.endomesh.xds.FakeController.take;
import static io.endomesh.xds.RateLimits.asking;
import static io.endomesh.xds.RateLimits.limit;
import static io.endomesh.xds.RateLimits.named;
import static io.endomesh.xds.Xds.CLUSTER;
import static io.endomesh.xds.Xds.ENDPOINTS;
import static io.endomesh.xds.Xds.LISTENER;
import static io.endomesh.xds.Xds.cluster;
import static io.endomesh.xds.Xds.endpoint;
import static io.endomesh.xds.Xds.endpoints;
import static io.endomesh.xds.Xds.resource;
import static io.endomesh.xds.Xds.response;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.Workload;
import io.endomesh.xds.join.Health;
import io.endomesh.xds.join.Registrar;
import io.endomesh.xds.runtime.RecordedLog;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.ratelimit.v3.RateLimitServiceConfig;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
    // A state that is still being written cannot be deleted when the test ends.
    await(this::isKept);
  }

  private boolean isKept() {
    try (Stream<Path> files = Files.walk(state)) {
      return files.noneMatch(file -> file.toString().endsWith(".tmp"));
    } catch (java.io.IOException | java.io.UncheckedIOException written) {
      return false;
    }
  }

  /** The agent asks the controller about the cluster that the policy names, and gets it. */
  private void limitedBy(boolean tls, Duration timeout, boolean deny, LbEndpoint... endpoints)
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
    discovery.onNext(
        response(
            CLUSTER, next(), resource(CLUSTER, CLUSTER_NAME, next(), cluster(CLUSTER_NAME, tls))));
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
    try (FakeLimitServer server = new FakeLimitServer(authority, "infra", "ratelimit")) {
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
  void server_thatProvesAnotherIdentity_isNotAsked() throws Exception {
    try (FakeLimitServer server = new FakeLimitServer(authority, "infra", "somebody")) {
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
      assertThat(refusal.message()).contains("counted by " + AUTHORITY);
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
    assertThat(serve().message()).contains("the limit server " + AUTHORITY + " of " + POLICY);
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
