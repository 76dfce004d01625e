package io.endomesh.xds;

import static io.endomesh.xds.FakeController.take;
import static io.endomesh.xds.RateLimits.asking;
import static io.endomesh.xds.RateLimits.byHeader;
import static io.endomesh.xds.RateLimits.limit;
import static io.endomesh.xds.RateLimits.named;
import static io.endomesh.xds.Xds.LISTENER;
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
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/** An agent that asks its controller about calls, over their connection. */
@Timeout(60)
class GlobalLimitsTest {

  private static final String POLICY = "RateLimitPolicy/shop/orders";

  /** Long: what does not time out on purpose is not to do so on a busy machine. */
  private static final Duration PATIENT = Duration.newBuilder().setSeconds(20).build();

  private static final Duration IMPATIENT = Duration.newBuilder().setNanos(20_000_000).build();

  @TempDir Path state;

  private final RecordedLog log = new RecordedLog();
  private final Workload workload = new Workload("shop", "default", "shop-1", Map.of());
  private final Mesh mesh = new Mesh(workload);
  private FakeController controller;
  private ControlPlane agent;

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
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    controller.close();
  }

  private void limited(Duration timeout, boolean deny) throws Exception {
    controller
        .discovery()
        .onNext(
            response(
                LISTENER,
                "n1",
                resource(
                    LISTENER,
                    "endomesh/inbound/0",
                    "1",
                    RateLimits.global(
                        "endomesh/inbound/0",
                        POLICY,
                        asking(POLICY).setTimeout(timeout).setFailureModeDeny(deny).build(),
                        limit(named("all"), byHeader("x-user", true))))));
    await(() -> !mesh.snapshot().inbound().otherPorts().rateLimits().isEmpty());
    // A state that is still being written cannot be deleted when the test ends.
    await(this::isKept);
  }

  private boolean isKept() {
    try (Stream<Path> files = Files.walk(state)) {
      return files.anyMatch(file -> file.endsWith("resources"));
    } catch (IOException | UncheckedIOException written) {
      return false;
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private Reply serve() {
    return mesh.serve(TestRequest.get("shop", "/").header("x-user", "ann")).refusal();
  }

  @Test
  void call_thatALimitCounts_isAsAnswered_andNotAskedAboutWhileItIsOver() throws Exception {
    controller.limitAnswer = RateLimitResponse.newBuilder().setOverallCode(Code.OK).build();
    limited(PATIENT, true);
    assertThat(serve()).isNull();
    RateLimitRequest question = take(controller.questions);
    assertThat(question.getDomain()).isEqualTo(POLICY);
    assertThat(question.getDescriptorsList().toString())
        .contains("limit")
        .contains("all")
        .contains("header")
        .contains("ann");

    controller.limitAnswer =
        RateLimitResponse.newBuilder()
            .setOverallCode(Code.OVER_LIMIT)
            .addStatuses(
                DescriptorStatus.newBuilder()
                    .setCode(Code.OVER_LIMIT)
                    .setCurrentLimit(RateLimitResponse.RateLimit.newBuilder().setRequestsPerUnit(9))
                    .setDurationUntilReset(Duration.newBuilder().setSeconds(50)))
            .build();
    assertThat(serve().headers())
        .contains(
            new Reply.Header("retry-after", "50"), new Reply.Header("x-ratelimit-limit", "9"));
    take(controller.questions);
    assertThat(serve().status()).isEqualTo(429);
    assertThat(controller.questions).isEmpty();
    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void call_withoutAnAnswerInTime_isLetThrough_andSaidOnce() throws Exception {
    limited(IMPATIENT, false);
    long before = System.nanoTime();
    assertThat(serve()).isNull();
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(IMPATIENT.getNanos());
    assertThat(serve()).isNull();
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .startsWith("limit server endomesh-controller: no answer ")
        .contains("questions without an answer: 1");
  }

  @Test
  void call_whileTheControllerIsAway_doesNotWait() throws Exception {
    limited(PATIENT, true);
    controller.close();
    await(() -> !log.warnings().isEmpty());

    Reply refusal = serve();

    assertThat(refusal.status()).isEqualTo(500);
    assertThat(log.warnings()).last().asString().contains("there is no connection to it");
  }
}
