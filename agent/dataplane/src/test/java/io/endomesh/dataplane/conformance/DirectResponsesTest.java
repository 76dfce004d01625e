package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
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
