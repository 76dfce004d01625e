package io.endomesh.controller.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UInt64Value;
import com.google.protobuf.util.Durations;
import io.endomesh.controller.Controller;
import io.endomesh.controller.TestWorkload;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.RateLimit.Unit;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The controller's own server, asked by gRPC's client over mutual TLS as agents ask. */
@Timeout(60)
class RateLimitServiceTest {

  private static final String DOMAIN = "RateLimitPolicy/shop/orders";

  /** By the hour: no bucket fills while a test runs. */
  private static final String POLICY =
      """
      apiVersion: endomesh.io/v1
      kind: RateLimitPolicy
      metadata: {name: orders, namespace: shop}
      spec:
        targetRefs: [{group: "", kind: Service, name: orders}]
        scope: Global
        limits:
          - {name: all, requests: 4, per: 1h}
          - {name: each, requests: 2, per: 1h, key: caller}
          - {name: writes, match: {method: POST}, requests: 3, per: 90m, burst: 1}
      """;

  @TempDir Path dataDir;
  private Controller controller;
  private TestWorkload one;
  private TestWorkload two;

  @BeforeEach
  void start() throws Exception {
    controller = Controller.start(TestWorkload.patientController(dataDir));
    one = TestWorkload.start(controller, dataDir, "shop", "orders", "orders-1");
    two = TestWorkload.start(controller, dataDir, "shop", "orders", "orders-2");
    apply(POLICY);
    awaitLimit("all", 4);
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
    controller.close();
  }

  @Test
  void instances_ofAService_shareOneLimit() {
    assertThat(ask(one.channel, described("limit", "all")).getOverallCode()).isEqualTo(Code.OK);
    assertThat(ask(two.channel, described("limit", "all")).getOverallCode()).isEqualTo(Code.OK);
    RateLimitResponse last = ask(one.channel, described("limit", "all"), described("limit", "x"));
    assertThat(last.getOverallCode()).isEqualTo(Code.OK);
    assertThat(last.getStatuses(0).getLimitRemaining()).isEqualTo(1);
    assertThat(ask(one.channel, described("limit", "all")).getOverallCode()).isEqualTo(Code.OK);

    RateLimitResponse refused = ask(two.channel, described("limit", "all"));

    assertThat(refused.getOverallCode()).isEqualTo(Code.OVER_LIMIT);
    DescriptorStatus status = refused.getStatuses(0);
    assertThat(status.getCode()).isEqualTo(Code.OVER_LIMIT);
    assertThat(status.getCurrentLimit().getName()).isEqualTo("all");
    assertThat(status.getCurrentLimit().getRequestsPerUnit()).isEqualTo(4);
    assertThat(status.getCurrentLimit().getUnit()).isEqualTo(Unit.HOUR);
    assertThat(status.getLimitRemaining()).isZero();
    // Evenly: one every 15 minutes.
    assertThat(Durations.toSeconds(status.getDurationUntilReset())).isBetween(800L, 900L);
  }

  @Test
  void limit_byKey_hasAShareForEachValue_andOneForCallsWithout() {
    assertThat(takes(described("limit", "each", "caller", "a"))).isEqualTo(2);
    assertThat(takes(described("limit", "each", "caller", "b"))).isEqualTo(2);
    assertThat(takes(described("limit", "each", "caller", ""))).isEqualTo(2);
    assertThat(takes(described("limit", "each"))).isEqualTo(2);
    assertThat(takes(described("limit", "each", "caller", "a"))).isZero();
  }

  @Test
  void request_overOneOfItsLimits_isCountedByNone() {
    RateLimitDescriptor writes = described("limit", "writes", "match", "true");
    RateLimitDescriptor all = described("limit", "all");
    assertThat(ask(one.channel, all, writes).getOverallCode()).isEqualTo(Code.OK);

    RateLimitResponse refused = ask(one.channel, all, writes);

    assertThat(refused.getOverallCode()).isEqualTo(Code.OVER_LIMIT);
    assertThat(refused.getStatusesList().stream().map(DescriptorStatus::getCode))
        .containsExactly(Code.OK, Code.OVER_LIMIT);
    // 90 minutes are no unit of Envoy's.
    assertThat(refused.getStatuses(1).getCurrentLimit().getUnit()).isEqualTo(Unit.UNKNOWN);
    assertThat(takes(all)).isEqualTo(3);
  }

  @Test
  void hitsAddend_countsSoManyAtOnce_allOrNothing() {
    RateLimitRequest two = request(described("limit", "all")).setHitsAddend(2).build();
    RateLimitRequest three =
        request(described("limit", "all").toBuilder().setHitsAddend(UInt64Value.of(3)).build())
            .build();
    assertThat(stub(one.channel).shouldRateLimit(two).getStatuses(0).getLimitRemaining())
        .isEqualTo(2);
    assertThat(stub(one.channel).shouldRateLimit(three).getOverallCode())
        .isEqualTo(Code.OVER_LIMIT);
    assertThat(takes(described("limit", "all"))).isEqualTo(2);
  }

  @Test
  void unknown_isLetThrough() {
    RateLimitResponse answer =
        stub(one.channel)
            .shouldRateLimit(request(described("limit", "all")).setDomain("another").build());
    assertThat(answer.getOverallCode()).isEqualTo(Code.OK);
    assertThat(answer.getStatuses(0).hasCurrentLimit()).isFalse();
    assertThat(takes(described("limit", "all", "caller", "a"))).isEqualTo(10);
    assertThat(takes(described("limit", "each", "header", "a"))).isEqualTo(10);
    assertThat(takes(RateLimitDescriptor.getDefaultInstance())).isEqualTo(10);
  }

  @Test
  void request_withoutDomainOrDescriptors_isRefusedByItsField() {
    assertRefused(
        one.channel,
        request(described("limit", "all")).clearDomain().build(),
        Status.Code.INVALID_ARGUMENT,
        "domain: absent (expected: RateLimitPolicy/NAMESPACE/NAME)");
    assertRefused(
        one.channel, request().build(), Status.Code.INVALID_ARGUMENT, "descriptors: none");
  }

  @Test
  void caller_ofAnotherNamespace_mayNotUseUpTheLimit() throws Exception {
    try (TestWorkload other =
        TestWorkload.start(controller, dataDir, "finance", "payments", "payments-1")) {
      assertRefused(
          other.channel,
          request(described("limit", "all")).build(),
          Status.Code.PERMISSION_DENIED,
          "domain: RateLimitPolicy/shop/orders (expected: of namespace finance");
    }
    assertThat(takes(described("limit", "all"))).isEqualTo(4);
  }

  @Test
  void caller_onPlaintextOfTheSameMachine_isAnswered_asEnvoyIs() {
    ManagedChannel local =
        NettyChannelBuilder.forAddress(controller.address()).usePlaintext().build();
    try {
      assertThat(ask(local, described("limit", "all")).getStatuses(0).getLimitRemaining())
          .isEqualTo(3);
    } finally {
      local.shutdownNow();
    }
  }

  @Test
  void counts_outliveOtherChanges_andBeginAnewWithAnotherRate() throws Exception {
    assertThat(takes(described("limit", "all"))).isEqualTo(4);

    apply(POLICY.replace("name: each, requests: 2", "name: each, requests: 7"));
    awaitLimit("each", 7);
    assertThat(takes(described("limit", "all"))).isZero();

    apply(POLICY.replace("name: all, requests: 4", "name: all, requests: 5"));
    awaitLimit("all", 5);
    assertThat(takes(described("limit", "all"))).isEqualTo(5);
  }

  @Test
  void policy_deletedOrCountedByInstance_countsNothingHere() throws Exception {
    apply(POLICY.replace("scope: Global", "scope: Instance"));
    awaitLimit("all", 0);
    assertThat(takes(described("limit", "all"))).isEqualTo(10);
  }

  private void apply(String yaml) throws Exception {
    assertThat(TestWorkload.http(controller, "POST", "/api/v1/apply", yaml, Map.of()).statusCode())
        .isEqualTo(200);
  }

  /** Asks for none, until the limit is what was applied; 0 until there is none. */
  private void awaitLimit(String name, int requests) {
    RateLimitDescriptor none =
        described("limit", name).toBuilder().setHitsAddend(UInt64Value.of(0)).build();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (ask(one.channel, none).getStatuses(0).getCurrentLimit().getRequestsPerUnit()
        != requests) {
      assertThat(System.nanoTime()).as("time left").isLessThan(end);
    }
  }

  /** How many of ten requests, by both workloads in turn, are let through. */
  private int takes(RateLimitDescriptor descriptor) {
    int taken = 0;
    for (int i = 0; i < 10; i++) {
      Channel channel = i % 2 == 0 ? one.channel : two.channel;
      if (ask(channel, descriptor).getOverallCode() == Code.OK) {
        taken++;
      }
    }
    return taken;
  }

  private static RateLimitResponse ask(Channel channel, RateLimitDescriptor... descriptors) {
    return stub(channel).shouldRateLimit(request(descriptors).build());
  }

  private static RateLimitServiceGrpc.RateLimitServiceBlockingStub stub(Channel channel) {
    return RateLimitServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static RateLimitRequest.Builder request(RateLimitDescriptor... descriptors) {
    return RateLimitRequest.newBuilder().setDomain(DOMAIN).addAllDescriptors(List.of(descriptors));
  }

  private static RateLimitDescriptor described(String... entries) {
    RateLimitDescriptor.Builder descriptor = RateLimitDescriptor.newBuilder();
    for (int i = 0; i < entries.length; i += 2) {
      descriptor.addEntries(
          RateLimitDescriptor.Entry.newBuilder().setKey(entries[i]).setValue(entries[i + 1]));
    }
    return descriptor.build();
  }

  private static void assertRefused(
      Channel channel, RateLimitRequest request, Status.Code code, String message) {
    assertThatThrownBy(() -> stub(channel).shouldRateLimit(request))
        .satisfies(
            error -> {
              Status status = Status.fromThrowable(error);
              assertThat(status.getCode()).isEqualTo(code);
              assertThat(status.getDescription()).startsWith(message);
            });
  }
}
