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
import io.endomesh.dataplane.limit.Descriptor;
import io.endomesh.dataplane.limit.GlobalLimits;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.LimitServer;
import io.endomesh.dataplane.limit.Rate;
import io.endomesh.dataplane.limit.RateLimit;
import io.endomesh.dataplane.limit.RateLimits;
import io.endomesh.dataplane.route.PathMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Global rate limits")
class GlobalLimitsTest extends Conformance {

  private static final String POLICY = "RateLimitPolicy/shop/web";
  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";
  private static final String OTHER = "spiffe://td/ns/shop/sa/other";
  private static final Duration TIMEOUT = Duration.ofMillis(20);
  private static final Reply.Header RATE_LIMITED = new Reply.Header("x-envoy-ratelimited", "true");

  private static final GlobalPolicy.Limit ALL =
      limit("all", Condition.ANY, new LimitKey.None(), null);
  private static final GlobalPolicy.Limit EACH =
      limit("each", Condition.ANY, new LimitKey.Caller(), "caller");
  private static final GlobalPolicy.Limit API =
      limit(
          "api",
          new Condition.Path(new PathMatch.SegmentPrefix("/api")),
          new LimitKey.None(),
          null);

  /** A server that answers what it is told to, and remembers what it was asked. */
  private final class Server implements LimitServer {
    final List<Question> questions = new ArrayList<>();
    @Nullable Answer answer = OPEN.ask(new Question("", List.of()), 0);

    @Override
    public @Nullable Answer ask(Question question, long timeoutNanos) {
      questions.add(question);
      if (answer == null) {
        clock.advance(Duration.ofNanos(timeoutNanos));
      }
      return answer;
    }

    void over(long resetNanos) {
      answer = new Answer(true, List.of(new Status(true, 10, resetNanos)));
    }
  }

  private final Server server = new Server();

  @Test
  @DisplayName(
      "a call that a limit counts is let through as the server of the limit answers, which counts"
          + " for all instances (Envoy RateLimit filter, overall_code)")
  void answer() {
    limit(false, ALL);
    assertThat(served(TestRequest.get("web", "/"))).isTrue();
    server.over(seconds(1));
    assertThat(served(TestRequest.get("web", "/"))).isFalse();
    assertThat(server.questions).hasSize(2);
  }

  @Test
  @DisplayName(
      "the server is asked once for each call, in the policy's domain, with one descriptor for each"
          + " limit that counts it: the limit, and the key if the call has one (Envoy"
          + " RateLimitPerRoute.rate_limits, skip_if_absent)")
  void question() {
    limit(false, ALL, EACH, API);
    served(TestRequest.get("web", "/").from(ORDERS));
    served(TestRequest.get("web", "/api"));
    assertThat(server.questions)
        .containsExactly(
            new LimitServer.Question(
                POLICY,
                List.of(described("limit", "all"), described("limit", "each", "caller", ORDERS))),
            new LimitServer.Question(
                POLICY,
                List.of(
                    described("limit", "all"),
                    described("limit", "each"),
                    described("limit", "api"))));
  }

  @Test
  @DisplayName("a call that no limit counts is not asked about")
  void uncounted() {
    limit(true, API);
    assertThat(served(TestRequest.get("web", "/other"))).isTrue();
    assertThat(server.questions).isEmpty();
  }

  @Test
  @DisplayName(
      "a refusal is 429 as that of a local limit, with the limit and the reset that the server says"
          + " (Envoy current_limit, duration_until_reset, DRAFT_VERSION_03)")
  void refusal() {
    limit(false, ALL);
    server.over(millis(2_500));
    Reply reply = refused(TestRequest.get("web", "/cart").from(ORDERS));
    assertThat(reply.status()).isEqualTo(429);
    assertThat(reply.decidedBy()).isEqualTo(POLICY);
    assertThat(reply.message())
        .contains(ORDERS + " is over the limit all of " + POLICY)
        .contains("10 requests in 1 s, 10 at once, of all instances");
    assertThat(reply.headers())
        .containsExactly(
            new Reply.Header("retry-after", "3"),
            new Reply.Header("x-ratelimit-limit", "10"),
            new Reply.Header("x-ratelimit-remaining", "0"),
            new Reply.Header("x-ratelimit-reset", "3"),
            RATE_LIMITED);
  }

  @Test
  @DisplayName(
      "a gRPC call is refused with RESOURCE_EXHAUSTED and told when to come back (Envoy"
          + " rate_limited_as_resource_exhausted, gRFC A6)")
  void refusal_grpc() {
    limit(false, ALL);
    server.over(millis(2_500));
    Reply reply = refused(TestRequest.grpc("web", "/shop.Web/Get"));
    assertThat(reply.grpcStatus()).isEqualTo(Reply.GRPC_RESOURCE_EXHAUSTED);
    assertThat(reply.headers())
        .containsExactly(new Reply.Header("grpc-retry-pushback-ms", "2500"), RATE_LIMITED);
  }

  @Test
  @DisplayName("a server that says no limit and no reset is obeyed, and asked about the next call")
  void refusal_withoutDetails() {
    limit(false, ALL);
    server.answer = new LimitServer.Answer(true, List.of());
    assertThat(refused(TestRequest.get("web", "/")).headers())
        .containsExactly(new Reply.Header("x-ratelimit-remaining", "0"), RATE_LIMITED);
    assertThat(refused(TestRequest.grpc("web", "/shop.Web/Get")).headers())
        .containsExactly(RATE_LIMITED);
    assertThat(server.questions).hasSize(2);
  }

  @Test
  @DisplayName(
      "a refusal is marked as Envoy's filter marks it, so that an Envoy that called does not retry,"
          + " and has the headers that the server wants it to have (Envoy x-envoy-ratelimited,"
          + " response_headers_to_add)")
  void refusal_headersOfTheServer() {
    limit(false, EACH);
    Reply.Header own = new Reply.Header("ratelimit-limit", "10, 10;w=60");
    server.answer =
        new LimitServer.Answer(
            true, List.of(new LimitServer.Status(true, 10, seconds(3))), List.of(own));
    assertThat(refused(TestRequest.get("web", "/").from(ORDERS)).headers())
        .contains(own, RATE_LIMITED, new Reply.Header("retry-after", "3"));
    // Not asked about again: what the server said of that moment is not repeated.
    assertThat(refused(TestRequest.get("web", "/").from(ORDERS)).headers())
        .contains(RATE_LIMITED)
        .doesNotContain(own);
    assertThat(server.questions).hasSize(1);
  }

  @Test
  @DisplayName(
      "where another server than the controller is asked, refusals name it, and no rate: only it"
          + " knows (Envoy rate_limit_service.grpc_service)")
  void otherServer_isNamed() {
    GlobalPolicy.Limit limit =
        new GlobalPolicy.Limit(
            "all",
            Condition.ANY,
            new LimitKey.None(),
            List.of(new Descriptor.Entry("limit", "all")),
            -1,
            "");
    GlobalPolicy policy =
        new GlobalPolicy(
            POLICY,
            new GlobalPolicy.Server("outbound|8081||ratelimit.infra", "ratelimit.infra:8081"),
            "shop",
            TIMEOUT.toNanos(),
            /* deny= */ true,
            /* statusOnError= */ 503,
            List.of(limit));
    publish(List.of(), new GlobalLimits(policy, server));
    server.over(seconds(1));
    assertThat(refused(TestRequest.get("web", "/")).message())
        .contains("of all instances, counted by ratelimit.infra:8081");
    assertThat(server.questions.get(0).domain()).isEqualTo("shop");
    server.answer = null;
    clock.advance(Duration.ofSeconds(1));
    assertThat(refused(TestRequest.get("web", "/")).message())
        .contains(
            "the limit server ratelimit.infra:8081 of " + POLICY + " gave no answer in 20 ms");
  }

  @Test
  @DisplayName(
      "a key that is over its limit is refused without asking again until the reset that the server"
          + " said; other keys are asked about")
  void over_isRemembered() {
    limit(false, EACH);
    server.over(seconds(3));
    assertThat(served(TestRequest.get("web", "/").from(ORDERS))).isFalse();
    server.answer = LimitServer.OPEN.ask(server.questions.get(0), 0);
    clock.advance(Duration.ofMillis(1_500));
    assertThat(refused(TestRequest.get("web", "/").from(ORDERS)).headers())
        .contains(
            new Reply.Header("retry-after", "2"), new Reply.Header("x-ratelimit-limit", "10"));
    assertThat(server.questions).hasSize(1);
    assertThat(served(TestRequest.get("web", "/").from(OTHER))).isTrue();
    assertThat(served(TestRequest.get("web", "/"))).isTrue();
    clock.advance(Duration.ofMillis(1_499));
    assertThat(served(TestRequest.get("web", "/").from(ORDERS))).isFalse();
    assertThat(server.questions).hasSize(3);
    clock.advance(Duration.ofMillis(1));
    assertThat(served(TestRequest.get("web", "/").from(ORDERS))).isTrue();
    assertThat(server.questions).hasSize(4);
  }

  @Test
  @DisplayName("a reset that is far off is believed for a minute, in case the limit was changed")
  void over_isAskedAgainAfterAMinute() {
    limit(false, ALL);
    server.over(Duration.ofDays(30).toNanos());
    served(TestRequest.get("web", "/"));
    clock.advance(Duration.ofSeconds(59));
    Reply reply = refused(TestRequest.get("web", "/"));
    assertThat(reply.headers()).contains(new Reply.Header("retry-after", "2591941"));
    assertThat(server.questions).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    served(TestRequest.get("web", "/"));
    assertThat(server.questions).hasSize(2);
  }

  @Test
  @DisplayName("keys beyond the bound are forgotten, and asked about again")
  void over_bound() {
    limit(false, EACH);
    server.over(seconds(30));
    int callers = 20_000;
    for (int i = 0; i < callers; i++) {
      served(TestRequest.get("web", "/").from("spiffe://td/ns/shop/sa/caller-" + i));
    }
    assertThat(server.questions).hasSize(callers);
    server.answer = LimitServer.OPEN.ask(server.questions.get(0), 0);
    int remembered = 0;
    for (int i = 0; i < callers; i++) {
      if (!served(TestRequest.get("web", "/").from("spiffe://td/ns/shop/sa/caller-" + i))) {
        remembered++;
      }
    }
    assertThat(remembered).isBetween(512, 1_024);
  }

  @Test
  @DisplayName("of several limits that are over, the one that takes longest is named")
  void over_several() {
    limit(false, ALL, EACH, API);
    server.answer =
        new LimitServer.Answer(
            true,
            List.of(
                new LimitServer.Status(true, 10, seconds(1)),
                new LimitServer.Status(true, 5, seconds(9)),
                new LimitServer.Status(false, 1, seconds(60))));
    Reply reply = refused(TestRequest.get("web", "/api").from(ORDERS));
    assertThat(reply.message()).contains("the limit each");
    assertThat(reply.headers()).contains(new Reply.Header("retry-after", "9"));
  }

  @Test
  @DisplayName(
      "where there is no answer within the timeout, 20 ms unless the policy says another, the call"
          + " is let through (Envoy timeout, failure_mode_deny false)")
  void unanswered_failsOpen() {
    limit(false, ALL);
    server.answer = null;
    long before = clock.getAsLong();
    assertThat(served(TestRequest.get("web", "/"))).isTrue();
    assertThat(clock.getAsLong() - before).isEqualTo(TIMEOUT.toNanos());
    assertThat(GlobalPolicy.DEFAULT_TIMEOUT_NANOS).isEqualTo(TIMEOUT.toNanos());
  }

  @Test
  @DisplayName(
      "if the policy fails closed it is refused, over HTTP with 503, over gRPC with UNAVAILABLE,"
          + " and the next call is asked about (Envoy failure_mode_deny true, status_on_error)")
  void unanswered_failsClosed() {
    limit(true, ALL);
    server.answer = null;
    Reply reply = refused(TestRequest.get("web", "/cart"));
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.decidedBy()).isEqualTo(POLICY);
    assertThat(reply.message()).contains("gave no answer in 20 ms").contains("GET /cart");
    assertThat(refused(TestRequest.grpc("web", "/shop.Web/Get")).grpcStatus())
        .isEqualTo(Reply.GRPC_UNAVAILABLE);
    server.answer = LimitServer.OPEN.ask(server.questions.get(0), 0);
    assertThat(served(TestRequest.get("web", "/"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("a fault while asking is no answer")
  void unanswered_fault(boolean deny) {
    GlobalPolicy policy = policy(deny, ALL);
    publish(
        List.of(),
        new GlobalLimits(
            policy,
            (question, timeout) -> {
              throw new IllegalStateException("a fault");
            }));
    assertThat(served(TestRequest.get("web", "/"))).isEqualTo(!deny);
  }

  @Test
  @DisplayName(
      "limits of the workload itself come first: what they refuse is not asked about, and what the"
          + " server refuses takes nothing from them")
  void localFirst() {
    RateLimit local =
        new RateLimit(
            "RateLimitPolicy/shop/local",
            "all",
            Condition.ANY,
            new LimitKey.None(),
            new Rate(2, seconds(3_600), 2),
            /* maxKeys= */ 0);
    publish(
        List.of(new RateLimits.Counted(local, local.newBuckets(clock.getAsLong()))),
        new GlobalLimits(policy(false, ALL), server));
    server.over(seconds(1));
    assertThat(served(TestRequest.get("web", "/"))).isFalse();
    server.answer = LimitServer.OPEN.ask(server.questions.get(0), 0);
    clock.advance(Duration.ofSeconds(1));
    assertThat(served(TestRequest.get("web", "/"))).isTrue();
    assertThat(served(TestRequest.get("web", "/"))).isTrue();
    assertThat(refused(TestRequest.get("web", "/")).decidedBy())
        .isEqualTo("RateLimitPolicy/shop/local");
    assertThat(server.questions).hasSize(3);
  }

  private static GlobalPolicy.Limit limit(
      String name, Condition match, LimitKey key, @Nullable String keyName) {
    List<Descriptor.Entry> entries = new ArrayList<>();
    entries.add(new Descriptor.Entry("limit", name));
    if (keyName != null) {
      entries.add(new Descriptor.Entry(keyName, ""));
    }
    return new GlobalPolicy.Limit(
        name,
        match,
        key,
        entries,
        keyName == null ? -1 : 1,
        new Rate(10, seconds(1), 10).toString());
  }

  private static Descriptor described(String... entries) {
    List<Descriptor.Entry> described = new ArrayList<>();
    for (int i = 0; i < entries.length; i += 2) {
      described.add(new Descriptor.Entry(entries[i], entries[i + 1]));
    }
    return new Descriptor(described);
  }

  private static GlobalPolicy policy(boolean deny, GlobalPolicy.Limit... limits) {
    return new GlobalPolicy(
        POLICY,
        new GlobalPolicy.Server(GlobalPolicy.CONTROLLER, GlobalPolicy.CONTROLLER),
        POLICY,
        TIMEOUT.toNanos(),
        deny,
        /* statusOnError= */ 503,
        List.of(limits));
  }

  private void limit(boolean deny, GlobalPolicy.Limit... limits) {
    publish(List.of(), new GlobalLimits(policy(deny, limits), server));
  }

  private void publish(List<RateLimits.Counted> local, GlobalLimits global) {
    Port port =
        new Port(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL)
            .limitedBy(new RateLimits(local, List.of(global)));
    mesh.publish(new Snapshot(1, Map.of(), new Inbound(Map.of(), port), null));
  }

  private boolean served(TestRequest request) {
    return mesh.serve(request).refusal() == null;
  }

  private Reply refused(TestRequest request) {
    Reply refusal = mesh.serve(request).decided();
    assertThat(refusal).isNotNull();
    return refusal;
  }
}
