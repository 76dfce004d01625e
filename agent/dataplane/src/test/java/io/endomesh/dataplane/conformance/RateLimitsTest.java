package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Inbound.Port;
import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.Rate;
import io.endomesh.dataplane.limit.RateLimit;
import io.endomesh.dataplane.limit.RateLimits;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.StringMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Rate limits")
class RateLimitsTest extends Conformance {

  private static final String POLICY = "RateLimitPolicy/shop/web";
  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";
  private static final String OTHER = "spiffe://td/ns/shop/sa/other";
  private static final int KEYS = 64;

  @Test
  @DisplayName("without a policy nothing is limited")
  void none() {
    limit();
    assertThat(served(TestRequest.get("web", "/"), 10_000)).isEqualTo(10_000);
  }

  @ParameterizedTest
  @CsvSource({"10, 1, 10", "10, 1, 25", "3, 60, 1", "1, 3600, 5"})
  @DisplayName(
      "a burst is let through at once, then calls at the rate, evenly (GCRA, ITU-T I.371; Envoy"
          + " TokenBucket)")
  void rate(int requests, long perSeconds, int burst) {
    limit(limit("all", Condition.ANY, new LimitKey.None(), requests, perSeconds, burst));
    assertThat(served(TestRequest.get("web", "/"), 1_000)).isEqualTo(burst);
    for (int i = 0; i < 20; i++) {
      // Upwards: a third of a second in whole nanoseconds is a little less.
      clock.advance(Duration.ofNanos(seconds(perSeconds) / requests + 1));
      assertThat(served(TestRequest.get("web", "/"), 10)).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("after a rest of any length a burst is let through, not more")
  void rest() {
    limit(all(10, 20));
    served(TestRequest.get("web", "/"), 1_000);
    clock.advance(Duration.ofDays(30));
    assertThat(served(TestRequest.get("web", "/"), 1_000)).isEqualTo(20);
  }

  @Test
  @DisplayName(
      "a refusal is 429, names policy, limit and caller, and says in Retry-After and"
          + " x-ratelimit-reset after how many seconds, rounded up, a call will be let through (RFC"
          + " 6585, RFC 9110 10.2.3, Envoy DRAFT_VERSION_03)")
  void refusal() {
    limit(limit("all", Condition.ANY, new LimitKey.None(), 2, 5, 2));
    served(TestRequest.get("web", "/"), 2);
    Reply reply = refused(TestRequest.get("web", "/cart").from(ORDERS));
    assertThat(reply.status()).isEqualTo(429);
    assertThat(reply.decidedBy()).isEqualTo(POLICY);
    assertThat(reply.message()).contains(POLICY).contains("limit all").contains(ORDERS + " ");
    assertThat(reply.headers())
        .containsExactly(
            new Reply.Header("retry-after", "3"),
            new Reply.Header("x-ratelimit-limit", "2"),
            new Reply.Header("x-ratelimit-remaining", "0"),
            new Reply.Header("x-ratelimit-reset", "3"));
    clock.advance(Duration.ofSeconds(3));
    assertThat(served(TestRequest.get("web", "/"), 2)).isEqualTo(1);
  }

  @Test
  @DisplayName(
      "a gRPC call is refused with RESOURCE_EXHAUSTED and told in grpc-retry-pushback-ms when to"
          + " come back (Envoy rate_limited_as_resource_exhausted, gRFC A6)")
  void refusal_grpc() {
    limit(limit("all", Condition.ANY, new LimitKey.None(), 2, 5, 1));
    served(TestRequest.get("web", "/"), 1);
    Reply reply = refused(TestRequest.grpc("web", "/shop.Web/Get"));
    assertThat(reply.grpcStatus()).isEqualTo(Reply.GRPC_RESOURCE_EXHAUSTED);
    assertThat(reply.headers()).containsExactly(new Reply.Header("grpc-retry-pushback-ms", "2500"));
  }

  @Test
  @DisplayName("a refused call uses up nothing: who keeps knocking is let in at the rate")
  void refusal_costsNothing() {
    limit(all(1, 1));
    served(TestRequest.get("web", "/"), 1);
    int served = 0;
    for (int i = 0; i < 100; i++) {
      clock.advance(Duration.ofMillis(100));
      served += served(TestRequest.get("web", "/"), 3);
    }
    assertThat(served).isEqualTo(10);
  }

  @ParameterizedTest
  @CsvSource({
    "/api,      GET,  , false",
    "/api,      POST, , true",
    "/api/x,    POST, , true",
    "/apix,     POST, , false",
    "/api,      POST, gold, false",
    "/api,      POST, 'gold,free', true",
  })
  @DisplayName(
      "a limit counts calls of its path, method and headers only, and sending a header twice is no"
          + " way around")
  void match(String path, String method, @Nullable String plan, boolean counted) {
    Condition match =
        new Condition.All(
            List.of(
                new Condition.Path(new PathMatch.SegmentPrefix("/api")),
                new Condition.Header(":method", new StringMatch.Exact("POST")),
                new Condition.Header("x-plan", new StringMatch.Exact("free"))));
    limit(limit("free", match, new LimitKey.None(), 1, 1, 1));
    TestRequest request =
        method.equals("GET") ? TestRequest.get("web", path) : TestRequest.post("web", path);
    request.header("x-plan", plan == null ? new String[] {"free"} : plan.split(","));
    assertThat(served(request, 5)).isEqualTo(counted ? 1 : 5);
  }

  @Test
  @DisplayName(
      "by caller, each proven identity has its own share, and callers without one share (Envoy"
          + " connection.uri_san_peer_certificate)")
  void key_caller() {
    limit(limit("each", Condition.ANY, new LimitKey.Caller(), 2, 1, 2));
    assertThat(served(TestRequest.get("web", "/").from(ORDERS), 5)).isEqualTo(2);
    assertThat(served(TestRequest.get("web", "/").from(OTHER), 5)).isEqualTo(2);
    assertThat(served(TestRequest.get("web", "/"), 5)).isEqualTo(2);
    assertThat(served(TestRequest.get("web", "/").from(ORDERS), 5)).isZero();
  }

  @Test
  @DisplayName(
      "by header, each value has its own share, and calls without it share: leaving it out is no"
          + " way around (Envoy request_headers, skip_if_absent)")
  void key_header() {
    limit(limit("each", Condition.ANY, new LimitKey.Header("x-user"), 2, 1, 2));
    assertThat(served(TestRequest.get("web", "/").header("x-user", "a"), 5)).isEqualTo(2);
    assertThat(served(TestRequest.get("web", "/").header("x-user", "b"), 5)).isEqualTo(2);
    assertThat(served(TestRequest.get("web", "/"), 5)).isEqualTo(2);
  }

  @Test
  @DisplayName(
      "keys beyond the bound share the bucket of calls without a key, so that made-up keys meet a"
          + " limit (Envoy max_dynamic_descriptors forgets a key instead)")
  void key_bound() {
    limit(limit("each", Condition.ANY, new LimitKey.Header("x-user"), 1, 1, 1));
    int served = 0;
    for (int i = 0; i < 100_000; i++) {
      served += served(TestRequest.get("web", "/").header("x-user", "user-" + i), 1);
    }
    assertThat(served).isEqualTo(KEYS + 1);
  }

  @Test
  @DisplayName(
      "a call must be let through by every limit that counts it, and one that is refused is counted"
          + " by none")
  void several() {
    Condition api = new Condition.Path(new PathMatch.SegmentPrefix("/api"));
    limit(all(10, 10), limit("api", api, new LimitKey.None(), 1, 1, 1));
    assertThat(served(TestRequest.get("web", "/api"), 50)).isEqualTo(1);
    assertThat(served(TestRequest.get("web", "/other"), 50)).isEqualTo(9);
  }

  @Test
  @DisplayName("a call that authorization refuses is not counted")
  void afterAuthorization() {
    Policy orders =
        new Policy(
            "orders",
            List.of(
                new Policy.Rule(
                    new Condition.Caller(new StringMatch.Exact(ORDERS)), Condition.ANY)));
    publish(
        new Port(TlsMode.PERMISSIVE, new Authorization(List.of(), List.of(orders)))
            .limitedBy(new RateLimits(List.of(counted(all(1, 1))))));
    assertThat(refused(TestRequest.get("web", "/").from(OTHER)).status()).isEqualTo(403);
    assertThat(served(TestRequest.get("web", "/").from(ORDERS), 5)).isEqualTo(1);
  }

  private static RateLimit all(int perSecond, int burst) {
    return limit("all", Condition.ANY, new LimitKey.None(), perSecond, 1, burst);
  }

  private static RateLimit limit(
      String name, Condition match, LimitKey key, int requests, long perSeconds, int burst) {
    return new RateLimit(
        POLICY,
        name,
        match,
        key,
        new Rate(requests, seconds(perSeconds), burst),
        key instanceof LimitKey.None ? 0 : KEYS);
  }

  private RateLimits.Counted counted(RateLimit limit) {
    return new RateLimits.Counted(limit, limit.newBuckets(clock.getAsLong()));
  }

  private void limit(RateLimit... limits) {
    List<RateLimits.Counted> counted = new ArrayList<>();
    for (RateLimit limit : limits) {
      counted.add(counted(limit));
    }
    publish(
        new Port(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL).limitedBy(new RateLimits(counted)));
  }

  private void publish(Port port) {
    mesh.publish(new Snapshot(1, Map.of(), new Inbound(Map.of(), port), null));
  }

  private int served(TestRequest request, int times) {
    int served = 0;
    for (int i = 0; i < times; i++) {
      if (mesh.serve(request).refusal() == null) {
        served++;
      }
    }
    return served;
  }

  private Reply refused(TestRequest request) {
    Reply refusal = mesh.serve(request).decided();
    assertThat(refusal).isNotNull();
    return refusal;
  }
}
