package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.WeightedClusters;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Splits")
class SplitsTest extends Conformance {

  private static final int DRAWS = 100_000;

  private final Cluster stable = TestMesh.cluster("stable", one);
  private final Cluster canary = TestMesh.cluster("canary", two);

  @ParameterizedTest
  @CsvSource({"90, 10", "1, 1", "999, 1", "1, 3"})
  @DisplayName(
      "calls are split by weight, to six standard deviations in 100,000 calls (Gateway API"
          + " HTTPBackendRef.weight)")
  void weights(int toStable, int toCanary) {
    WeightedClusters split = split(toStable, toCanary);
    int onCanary = 0;
    for (int i = 0; i < DRAWS; i++) {
      onCanary += split.pick().cluster() == canary ? 1 : 0;
    }
    assertShare(onCanary, DRAWS, (double) toCanary / (toStable + toCanary));
  }

  @Test
  @DisplayName("a side of weight 0 gets no calls (Gateway API HTTPBackendRef.weight)")
  void weight_zero() {
    WeightedClusters split = split(0, 5);
    for (int i = 0; i < 1_000; i++) {
      assertThat(split.pick().cluster()).isSameAs(canary);
    }
  }

  @Test
  @DisplayName("each attempt draws its side anew, so that a retry may leave a broken canary")
  void retry_drawsAgain() {
    publish(
        new Route(
            "split",
            RouteMatch.ANY,
            new RouteAction.Forward(split(1, 1), null, List.of()),
            RoutePolicy.of(0, 0, TestMesh.retrying(1, 503))));
    int moved = 0;
    for (int i = 0; i < 1_000; i++) {
      Call call = begin();
      Attempt first = attempt(call);
      respond(first, 503);
      Attempt second = attempt(call);
      moved += second.cluster() == first.cluster() ? 0 : 1;
      respond(second, 200);
    }
    assertShare(moved, 1_000, 0.5);
  }

  @Test
  @DisplayName(
      "the share of a backend that is none is answered with 500, gRPC UNAVAILABLE, by the name of"
          + " the route (Gateway API HTTPRouteRule.backendRefs, GRPCRouteRule.backendRefs)")
  void absentBackend() {
    publish(
        Route.to(
            "HTTPRoute/shop/orders rule 0",
            RouteMatch.ANY,
            WeightedClusters.of(
                List.of(
                    new WeightedClusters.Target(orders, 90),
                    new WeightedClusters.Target(
                        TestMesh.cluster("not-found|80||nobody.shop"),
                        10,
                        HeaderChanges.NONE,
                        HeaderChanges.NONE,
                        500))),
            RoutePolicy.DEFAULT));
    int draws = 10_000;
    int answered = 0;
    for (int i = 0; i < draws; i++) {
      if (begin().next() instanceof Reply reply) {
        answered++;
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.grpcStatus()).isEqualTo(Reply.GRPC_UNAVAILABLE);
        assertThat(reply.decidedBy()).isEqualTo("HTTPRoute/shop/orders rule 0");
        assertThat(reply.message()).contains("not-found|80||nobody.shop");
        assertThat(reply.mayPass()).isFalse();
      }
    }
    assertShare(answered, draws, 0.1);
  }

  @Test
  @DisplayName("weights that are negative, or all 0, are refused (Envoy WeightedCluster)")
  void weights_senseless() {
    assertThatThrownBy(() -> split(0, 0)).hasMessage("sum of weights: 0 (expected: > 0)");
    assertThatThrownBy(() -> split(1, -1)).hasMessage("weight: -1 (expected: >= 0)");
  }

  private WeightedClusters split(int toStable, int toCanary) {
    return WeightedClusters.of(
        List.of(
            new WeightedClusters.Target(stable, toStable),
            new WeightedClusters.Target(canary, toCanary)));
  }
}
