package io.endomesh.xds;

import static io.endomesh.xds.FakeController.take;
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
import com.google.rpc.Status;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.Workload;
import io.endomesh.xds.join.Health;
import io.endomesh.xds.join.Registrar;
import io.endomesh.xds.runtime.RecordedLog;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** An agent that asks somebody else whether requests may run. */
@Timeout(60)
class CheckServersTest {

  private static final String PROVIDER = "ExtAuthzProvider/endomesh-system/opa";
  private static final String CLUSTER_NAME = "outbound|9191||opa.infra";
  private static final Duration PATIENT = Duration.newBuilder().setSeconds(20).build();
  private static final Duration IMPATIENT = Duration.newBuilder().setNanos(50_000_000).build();

  private static final CheckResponse DENIED =
      CheckResponse.newBuilder()
          .setStatus(Status.newBuilder().setCode(7))
          .setDeniedResponse(
              DeniedHttpResponse.newBuilder()
                  .setBody("closed today")
                  .setStatus(HttpStatus.newBuilder().setCodeValue(451)))
          .build();

  // The last write of the state may come after the end.
  @TempDir(cleanup = CleanupMode.NEVER)
  Path state;

  private final RecordedLog log = new RecordedLog();
  private final Workload workload = new Workload("shop", "default", "shop-1", Map.of());
  private final Mesh mesh = new Mesh(workload);
  private FakeController controller;
  private ControlPlane agent;
  private StreamObserver<DeltaDiscoveryResponse> discovery;
  private int version;

  @BeforeEach
  void start() throws Exception {
    TestAuthority authority = new TestAuthority();
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
  }

  private void askedAbout(Duration timeout, boolean failOpen, int port) throws Exception {
    ExtAuthz filter =
        ExtAuthz.newBuilder()
            .setFailureModeAllow(failOpen)
            .setGrpcService(
                GrpcService.newBuilder()
                    .setTimeout(timeout)
                    .setEnvoyGrpc(
                        GrpcService.EnvoyGrpc.newBuilder()
                            .setClusterName(CLUSTER_NAME)
                            .setAuthority("opa.infra:9191")))
            .build();
    discovery.onNext(
        response(
            LISTENER,
            next(),
            resource(
                LISTENER,
                "endomesh/inbound/0",
                next(),
                RateLimits.listener(
                    "endomesh/inbound/0",
                    PROVIDER,
                    any("envoy.extensions.filters.http.ext_authz.v3.ExtAuthz", filter)))));
    controller.subscription(CLUSTER_NAME);
    discovery.onNext(
        response(
            CLUSTER,
            next(),
            resource(CLUSTER, CLUSTER_NAME, next(), cluster(CLUSTER_NAME, false))));
    controller.subscription(CLUSTER_NAME);
    discovery.onNext(
        response(
            ENDPOINTS,
            next(),
            resource(
                ENDPOINTS,
                CLUSTER_NAME,
                next(),
                endpoints(CLUSTER_NAME, endpoint("127.0.0.1", port, "")))));
    await(() -> !mesh.snapshot().inbound().otherPorts().external().isEmpty());
  }

  private String next() {
    return Integer.toString(++version);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private InboundCall serve() {
    return mesh.serve(TestRequest.get("shop", "/cart?x=1").header("x-user", "root"));
  }

  /** Serves until the server was asked and its answer carried out. */
  private void awaitAsked(FakeCheckServer server) {
    await(
        () -> {
          serve();
          return !server.questions.isEmpty();
        });
    server.questions.clear();
  }

  @Test
  void server_isAsked_andItsAnswerCarriedOut() throws Exception {
    try (FakeCheckServer server = new FakeCheckServer(0)) {
      askedAbout(PATIENT, /* failOpen= */ false, server.port());
      awaitAsked(server);

      server.answer = DENIED;
      InboundCall denied = serve();
      assertThat(denied.refusal().status()).isEqualTo(451);
      assertThat(denied.refusal().message()).isEqualTo("closed today");
      assertThat(take(server.questions).getAttributes().getRequest().getHttp().getPath())
          .isEqualTo("/cart?x=1");

      server.answer =
          CheckResponse.newBuilder()
              .setOkResponse(
                  OkHttpResponse.newBuilder()
                      .addHeaders(
                          HeaderValueOption.newBuilder()
                              .setHeader(
                                  HeaderValue.newBuilder().setKey("x-user").setValue("ann"))))
              .build();
      TestRequest request = TestRequest.get("shop", "/").header("x-user", "root");
      assertThat(mesh.serve(request).refusal()).isNull();
      assertThat(request.sent("x-user")).containsExactly("ann");
    }
  }

  @Test
  void server_thatHangs_holdsARequestForTheTimeoutAndNoLonger() throws Exception {
    try (FakeCheckServer server = new FakeCheckServer(0)) {
      askedAbout(IMPATIENT, /* failOpen= */ false, server.port());
      awaitAsked(server);
      server.answer = null;
      long start = System.nanoTime();
      InboundCall call = serve();
      long took = System.nanoTime() - start;

      assertThat(call.refusal().status()).isEqualTo(403);
      assertThat(call.decided().message()).contains("gave no answer in 50 ms");
      assertThat(took).isBetween(50_000_000L, TimeUnit.SECONDS.toNanos(5));
      assertThat(log.warnings())
          .anyMatch(said -> said.startsWith("authorization server opa.infra:9191: "));
    }
  }

  @Test
  void server_thatIsGone_delaysNobody_andIsAskedWhenItIsBack() throws Exception {
    int port;
    try (FakeCheckServer before = new FakeCheckServer(0)) {
      port = before.port();
    }
    askedAbout(PATIENT, /* failOpen= */ false, port);
    long start = System.nanoTime();
    assertThat(serve().refusal().status()).isEqualTo(403);
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));

    try (FakeCheckServer back = new FakeCheckServer(port)) {
      awaitAsked(back);
      assertThat(serve().refusal()).isNull();
    }
  }

  @Test
  void server_thatIsGone_letsThrough_ifItsProviderFailsOpen() throws Exception {
    int port;
    try (FakeCheckServer before = new FakeCheckServer(0)) {
      port = before.port();
    }
    askedAbout(PATIENT, /* failOpen= */ true, port);
    InboundCall call = serve();
    assertThat(call.refusal()).isNull();
    assertThat(call.observation().unansweredBy()).isEqualTo(PROVIDER);
  }

  @Test
  void answer_thatIsHuge_isNone() throws Exception {
    try (FakeCheckServer server = new FakeCheckServer(0)) {
      askedAbout(PATIENT, /* failOpen= */ false, server.port());
      awaitAsked(server);
      server.answer =
          CheckResponse.newBuilder()
              .setOkResponse(OkHttpResponse.newBuilder().addHeadersToRemove("x".repeat(1 << 20)))
              .build();
      assertThat(serve().refusal().status()).isEqualTo(403);
      assertThat(log.warnings()).anyMatch(said -> said.contains("message length"));
    }
  }
}
