package io.endomesh.xds.ads;

import static io.endomesh.xds.RateLimits.listener;
import static io.endomesh.xds.RateLimits.simple;
import static io.endomesh.xds.Xds.LISTENER;
import static io.endomesh.xds.Xds.any;
import static io.endomesh.xds.Xds.removing;
import static io.endomesh.xds.Xds.resource;
import static io.endomesh.xds.Xds.response;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.limit.LimitServer;
import io.endomesh.xds.runtime.ManualSerial;
import io.endomesh.xds.runtime.RecordedLog;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig.ConcurrencyLimitCalculationParams;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig.MinimumRTTCalculationParams;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a port has counted, when a new configuration arrives. */
class CountsSurviveTest {

  private static final String POLICY = "RateLimitPolicy/shop/orders";

  /** Stands still: what is let through comes out of a bucket. */
  private final Mesh mesh =
      new Mesh(new Workload("orders", "shop", "o", Map.of()), () -> 1_000, Clock.systemUTC());

  private final AdsClient client =
      new AdsClient(
          Node.newBuilder().setId("o").build(),
          new ManualSerial(),
          new RecordedLog(),
          (host, answer) -> {},
          mesh::nanoTime,
          server -> LimitServer.OPEN,
          server -> (question, timeoutNanos) -> null,
          new AdsClient.Listener() {
            @Override
            public void changed() {
              mesh.publish(
                  new Snapshot(
                      1, client().hosts(), client().inbound(Inbound.OPEN.otherPorts()), null));
            }

            @Override
            public void unknown(String authority) {}
          });

  private int version;

  private AdsClient client() {
    return client;
  }

  @BeforeEach
  void connect() {
    client.connected(request -> {});
    client.bound(8080);
  }

  private void push(int port, String policy, LocalRateLimit filter) {
    String name = "endomesh/inbound/" + port;
    String next = Integer.toString(++version);
    client.received(
        response(
            LISTENER, "n" + next, resource(LISTENER, name, next, listener(name, policy, filter))));
  }

  private int served(int tries) {
    int served = 0;
    for (int i = 0; i < tries; i++) {
      if (mesh.serve(TestRequest.get("orders", "/")).refusal() == null) {
        served++;
      }
    }
    return served;
  }

  @Test
  void push_ofSomethingElse_leavesBucketsAsTheyAre() {
    push(8080, POLICY, simple("all", 5));
    assertThat(served(3)).isEqualTo(3);

    client.subscribe("payments");
    client.received(removing(LISTENER, "x", "payments"));
    push(8080, POLICY, simple("all", 5));
    push(0, POLICY, simple("all", 5));

    assertThat(served(10)).isEqualTo(2);
  }

  @Test
  void push_ofAnotherLimitOfThePolicy_leavesTheBucketsOfTheRest() {
    push(8080, POLICY, simple("all", 5));
    served(5);

    LocalRateLimit another = simple("another", 100);
    push(
        8080,
        POLICY,
        simple("all", 5).toBuilder()
            .addAllRateLimits(another.getRateLimitsList())
            .addAllDescriptors(another.getDescriptorsList())
            .build());

    assertThat(served(10)).isZero();
  }

  @Test
  void push_ofAnotherRate_beginsWithAFullBucket() {
    push(8080, POLICY, simple("all", 5));
    served(5);

    push(8080, POLICY, simple("all", 6));

    assertThat(served(10)).isEqualTo(6);
  }

  @Test
  void limit_ofTwoPorts_isOneLimitOfTheWorkload() {
    client.bound(9090);
    push(8080, POLICY, simple("all", 5));
    push(9090, POLICY, simple("all", 5));

    assertThat(mesh.snapshot().inbound().port(8080).rateLimits().counted().get(0).buckets())
        .isSameAs(mesh.snapshot().inbound().port(9090).rateLimits().counted().get(0).buckets());
  }

  @Test
  void limit_removedAndAppliedAgain_beginsAnew() {
    push(8080, POLICY, simple("all", 5));
    served(5);

    push(8080, POLICY, io.endomesh.xds.RateLimits.filter().build());
    assertThat(served(10)).isEqualTo(10);
    push(8080, POLICY, simple("all", 5));

    assertThat(served(10)).isEqualTo(5);
  }

  @Test
  void callsThatRun_stayCounted_whenSomethingElseIsPushed_andNotUnderOtherSettings() {
    pushOverload(1);
    assertThat(served(5)).isEqualTo(1);

    push(0, POLICY, simple("all", 5));
    pushOverload(1);
    assertThat(served(5)).isZero();

    pushOverload(2);
    assertThat(served(5)).isEqualTo(2);
  }

  private void pushOverload(int concurrency) {
    GradientControllerConfig gradient =
        GradientControllerConfig.newBuilder()
            .setConcurrencyLimitParams(
                ConcurrencyLimitCalculationParams.newBuilder()
                    .setMaxConcurrencyLimit(UInt32Value.of(concurrency))
                    .setConcurrencyUpdateInterval(Duration.newBuilder().setSeconds(1)))
            .setMinRttCalcParams(
                MinimumRTTCalculationParams.newBuilder()
                    .setMinConcurrency(UInt32Value.of(concurrency))
                    .setInterval(Duration.newBuilder().setSeconds(60)))
            .build();
    AdaptiveConcurrency filter =
        AdaptiveConcurrency.newBuilder().setGradientControllerConfig(gradient).build();
    String next = Integer.toString(++version);
    client.received(
        response(
            LISTENER,
            "n" + next,
            resource(
                LISTENER,
                "endomesh/inbound/8080",
                next,
                listener(
                    "endomesh/inbound/8080",
                    "OverloadPolicy/shop/orders",
                    any(
                        "envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency",
                        filter)))));
  }
}
