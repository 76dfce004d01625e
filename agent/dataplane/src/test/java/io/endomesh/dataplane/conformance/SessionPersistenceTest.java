package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.SessionPersistence;
import io.endomesh.dataplane.route.WeightedClusters;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Session persistence")
class SessionPersistenceTest extends Conformance {

  private static final SessionPersistence COOKIE =
      new SessionPersistence(SessionPersistence.Type.COOKIE, "sid", 0);
  private static final SessionPersistence HEADER =
      new SessionPersistence(SessionPersistence.Type.HEADER, "x-session", 0);

  private final Cluster ten = TestMesh.cluster("orders", endpoints(10));

  @Test
  @DisplayName(
      "the first answer begins a session in a cookie for all paths that scripts cannot read, and"
          + " it ends with the application's own (Gateway API SessionPersistence, GEP-1619)")
  void cookie() {
    publish(ten, COOKIE);
    Attempt attempt = attempt(begin());
    assertThat(setCookie(attempt))
        .isEqualTo("sid=" + attempt.endpoint().session() + "; Path=/; HttpOnly");
  }

  @Test
  @DisplayName("a lifetime is the cookie's Max-Age (GEP-1619 absoluteTimeout)")
  void cookie_lifetime() {
    publish(ten, new SessionPersistence(SessionPersistence.Type.COOKIE, "sid", 3_600));
    assertThat(setCookie(attempt(begin()))).endsWith("; Max-Age=3600");
  }

  @ParameterizedTest
  @ValueSource(strings = {"COOKIE", "HEADER"})
  @DisplayName(
      "calls of a session go to the endpoint that began it, and no other session is begun"
          + " (GEP-1619)")
  void session(String type) {
    boolean cookie = type.equals("COOKIE");
    publish(ten, cookie ? COOKIE : HEADER);
    Endpoint mine = ten.endpoints().get(7);
    for (int i = 0; i < 100; i++) {
      Attempt attempt = attempt(call(inSession(cookie, mine)));
      assertThat(attempt.endpoint()).isSameAs(mine);
      assertThat(attempt.changesResponse()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "MTI3LjAuMC4xOjk5OTk", ""})
  @DisplayName(
      "a session whose endpoint is gone, or that is none, begins anew elsewhere (GEP-1619)")
  void session_gone(String session) {
    publish(ten, HEADER);
    Attempt attempt = attempt(call(TestRequest.get("orders", "/").header("x-session", session)));
    TestRequest response = TestRequest.get("orders", "/");
    attempt.changeResponse(response);
    assertThat(response.sent("x-session")).containsExactly(attempt.endpoint().session());
  }

  @Test
  @DisplayName("an ejected endpoint loses its sessions (Envoy stateful session without strict)")
  void session_ejected() {
    Endpoint[] five = endpoints(5);
    Cluster cluster =
        cluster(
            Balancing.DEFAULT,
            Limits.DEFAULT,
            new OutlierDetection(1, 0, 0, seconds(10), seconds(30), seconds(300), 100, null, null),
            five);
    publish(cluster, COOKIE);
    outcomes(cluster, five[2], 1, answer(500));
    assertThat(attempt(call(inSession(true, five[2]))).endpoint()).isNotSameAs(five[2]);
  }

  @Test
  @DisplayName("a retry leaves the endpoint of the session, and the answer moves the session")
  void session_retry() {
    publish(ten, COOKIE);
    Endpoint mine = ten.endpoints().get(7);
    Call call = call(inSession(true, mine));
    respond(attempt(call), 503);
    Attempt second = attempt(call);
    assertThat(second.endpoint()).isNotSameAs(mine);
    assertThat(setCookie(second)).startsWith("sid=" + second.endpoint().session());
  }

  @Test
  @DisplayName("a session stays on its side of a split (GEP-1619)")
  void session_split() {
    Cluster stable = TestMesh.cluster("stable", one);
    Cluster canary = TestMesh.cluster("canary", two);
    publish(split(stable, 99, canary, 1));
    for (int i = 0; i < 1_000; i++) {
      assertThat(attempt(call(inSession(true, two))).cluster()).isSameAs(canary);
    }
  }

  @Test
  @DisplayName(
      "a side of weight 0 loses its sessions (Gateway API HTTPBackendRef.weight: no traffic)")
  void session_splitWeightZero() {
    Cluster stable = TestMesh.cluster("stable", one);
    Cluster canary = TestMesh.cluster("canary", two);
    publish(split(stable, 1, canary, 0));
    assertThat(attempt(call(inSession(true, two))).cluster()).isSameAs(stable);
  }

  private static Route split(Cluster stable, int toStable, Cluster canary, int toCanary) {
    return Route.to(
        "r",
        RouteMatch.ANY,
        WeightedClusters.of(
            List.of(
                new WeightedClusters.Target(stable, toStable),
                new WeightedClusters.Target(canary, toCanary))),
        RoutePolicy.DEFAULT.withStickiness(List.of(), COOKIE));
  }

  @Test
  @DisplayName("a cookie's value may be in quotes (RFC 6265, 4.1.1)")
  void cookie_quoted() {
    publish(ten, COOKIE);
    Endpoint mine = ten.endpoints().get(7);
    for (int i = 0; i < 20; i++) {
      TestRequest request =
          TestRequest.get("orders", "/")
              .header("cookie", "$Version=\"1\"; sid=\"" + mine.session() + "\";$Path=\"/\"");
      assertThat(attempt(call(request)).endpoint()).isSameAs(mine);
    }
  }

  private static TestRequest inSession(boolean cookie, Endpoint endpoint) {
    TestRequest request = TestRequest.get("orders", "/");
    return cookie
        ? request.header("cookie", "a=b; sid=" + endpoint.session() + "; c=d")
        : request.header("x-session", endpoint.session());
  }

  private static String setCookie(Attempt attempt) {
    TestRequest response = TestRequest.get("orders", "/");
    assertThat(attempt.changesResponse()).isTrue();
    attempt.changeResponse(response);
    return response.sent("set-cookie").get(0);
  }

  private void publish(Cluster cluster, SessionPersistence persistence) {
    publish(
        TestMesh.route(
            cluster,
            RoutePolicy.of(0, 0, TestMesh.retrying(1, 503))
                .withStickiness(List.of(), persistence)));
  }
}
