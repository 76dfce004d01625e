package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.WeightedClusters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Direct responses")
class DirectResponsesTest extends Conformance {

  @Test
  @DisplayName("a direct response is given without asking a service (Envoy DirectResponseAction)")
  void respond() {
    publish(
        new Route(
            "maintenance",
            RouteMatch.ANY,
            new RouteAction.Respond(503, "back at noon"),
            RoutePolicy.DEFAULT));
    Reply reply = reply(begin());
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.message()).isEqualTo("back at noon");
    assertThat(reply.decidedBy()).isEqualTo("maintenance");
    assertThat(orders.load().active()).isZero();
  }

  private static final String POLICY = "AuthorizationPolicy/finance/only-orders";

  private void isToldAsByTheServer(Call call, List<Reply> observed) {
    Reply reply = reply(call);
    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.grpcStatus()).isEqualTo(Reply.GRPC_PERMISSION_DENIED);
    assertThat(reply.message()).isEqualTo("this caller may not make this request (trace abc)");
    assertThat(reply.decidedBy()).isEqualTo("authorization");
    assertThat(reply.headers()).isEmpty();
    assertThat(observed).last().extracting(Reply::decidedBy).isEqualTo(POLICY);
    assertThat(orders.load().active()).isZero();
  }

  private List<Reply> observed() {
    List<Reply> observed = new ArrayList<>();
    mesh.observer(
        new CallObserver() {
          @Override
          public void replied(Call call, Reply reply) {
            observed.add(reply);
          }

          @Override
          public String traceId(Call call) {
            return "abc";
          }
        });
    return observed;
  }

  @Test
  @DisplayName("what lets no call in is not asked, and the caller is told what it would tell")
  void refuse() {
    List<Reply> observed = observed();
    publish(
        new Route("payments", RouteMatch.ANY, new RouteAction.Refuse(POLICY), RoutePolicy.DEFAULT));
    isToldAsByTheServer(begin(), observed);
  }

  @Test
  @DisplayName("of a split, the share that would be refused is refused")
  void refuse_aShare() {
    List<Reply> observed = observed();
    WeightedClusters.Target refused =
        new WeightedClusters.Target(
            TestMesh.cluster(WeightedClusters.REFUSED + POLICY),
            1,
            HeaderChanges.NONE,
            HeaderChanges.NONE,
            403);
    WeightedClusters.Target open = new WeightedClusters.Target(orders, 0);
    publish(
        new Route(
            "split",
            RouteMatch.ANY,
            new RouteAction.Forward(WeightedClusters.of(List.of(open, refused)), null, List.of()),
            RoutePolicy.DEFAULT));
    isToldAsByTheServer(begin(), observed);
  }

  @ParameterizedTest
  @CsvSource({
    "400, 13", "401, 16", "403, 7", "404, 12", "429, 14", "502, 14", "503, 14", "504, 14", "418, 2",
  })
  @DisplayName(
      "a gRPC caller gets the code that stands for the HTTP status (gRPC http-grpc-status-mapping)")
  void respond_grpc(int status, int grpcStatus) {
    assertThat(Reply.ofStatus(status, "", "r", List.of()).grpcStatus()).isEqualTo(grpcStatus);
  }
}
