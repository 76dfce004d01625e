package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.Mirror;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.WeightedClusters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Mirrors")
class MirrorsTest extends Conformance {

  private final Endpoint shadow = TestMesh.endpoint(9);
  private final Cluster shadows = TestMesh.cluster("shadows", shadow);

  @Test
  @DisplayName(
      "a copy goes to the mirror along with the first attempt (Gateway API"
          + " HTTPRequestMirrorFilter)")
  void copy() {
    mirror(new Mirror(shadows, Share.ALL));
    Call call = begin();
    respond(attempt(call), 503);
    List<Attempt> copies = call.mirrors();
    assertThat(copies).extracting(Attempt::endpoint).containsExactly(shadow);
    attempt(call);
    assertThat(call.mirrors()).isEmpty();
  }

  @Test
  @DisplayName("several mirrors get a copy each (Gateway API HTTPRouteRequestMultipleMirrors)")
  void copies() {
    mirror(new Mirror(shadows, Share.ALL), new Mirror(shadows, Share.ALL));
    Call call = begin();
    attempt(call);
    assertThat(call.mirrors()).hasSize(2);
  }

  @Test
  @DisplayName(
      "a share of the calls is copied, to six standard deviations (Gateway API"
          + " HTTPRequestMirrorFilter.percent)")
  void share() {
    mirror(new Mirror(shadows, new Share(100_000)));
    int copied = 0;
    for (int i = 0; i < 20_000; i++) {
      Call call = begin();
      Attempt attempt = attempt(call);
      for (Attempt copy : call.mirrors()) {
        copied++;
        respond(copy, 200);
      }
      respond(attempt, 200);
    }
    assertShare(copied, 20_000, 0.1);
  }

  @Test
  @DisplayName(
      "what a mirror answers is nobody's answer: it is never retried (Envoy RequestMirrorPolicy)")
  void answer_isIgnored() {
    mirror(new Mirror(shadows, Share.ALL));
    Call call = begin();
    attempt(call);
    Attempt copy = call.mirrors().get(0);
    assertThat(respond(copy, 503)).isEqualTo(Attempt.DELIVER);
    assertThat(copy.retried()).isFalse();
    assertThat(shadow.load().inFlight()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0, 15", "60, 15", "2, 2"})
  @DisplayName(
      "a copy has the time of its attempt, and 15 s at most: a mirror that never answers does not"
          + " hold copies for ever (Envoy RouteAction.timeout)")
  void timeout(long timeoutSeconds, long copySeconds) {
    mirror(
        RoutePolicy.of(seconds(timeoutSeconds), 0, RetryPolicy.SAFE),
        new Mirror(shadows, Share.ALL));
    Call call = begin();
    attempt(call);
    assertThat(call.mirrors().get(0).timeoutNanos()).isEqualTo(seconds(copySeconds));
  }

  @Test
  @DisplayName("a body that cannot be sent twice is not copied")
  void streamed() {
    mirror(new Mirror(shadows, Share.ALL));
    Call call = call(TestRequest.post("orders", "/").streamed());
    attempt(call);
    assertThat(call.mirrors()).isEmpty();
  }

  @Test
  @DisplayName(
      "a mirror without endpoints, or with 100 copies in flight, gets none, and the call does not"
          + " notice")
  void mirror_unable() {
    mirror(new Mirror(TestMesh.cluster("empty"), Share.ALL), new Mirror(shadows, Share.ALL));
    List<Attempt> copies = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      shadows.load().begin(/* retry= */ false); // The mirror's own calls are no copies.
    }
    for (int i = 0; i < 150; i++) {
      Call call = begin();
      assertThat(attempt(call).cluster()).isSameAs(orders);
      copies.addAll(call.mirrors());
    }
    assertThat(copies).hasSize(100);
    respond(copies.get(0), 200);
    Call call = begin();
    attempt(call);
    assertThat(call.mirrors()).hasSize(1);
  }

  private void mirror(Mirror... mirrors) {
    mirror(RoutePolicy.of(0, 0, TestMesh.retrying(1, 503)), mirrors);
  }

  private void mirror(RoutePolicy policy, Mirror... mirrors) {
    publish(
        new Route(
            "r",
            RouteMatch.ANY,
            new RouteAction.Forward(WeightedClusters.of(orders), null, List.of(mirrors)),
            policy));
  }
}
