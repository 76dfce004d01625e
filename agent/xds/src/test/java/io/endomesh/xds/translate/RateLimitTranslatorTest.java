package io.endomesh.xds.translate;

import static io.endomesh.xds.RateLimits.bucket;
import static io.endomesh.xds.RateLimits.byExpression;
import static io.endomesh.xds.RateLimits.byHeader;
import static io.endomesh.xds.RateLimits.descriptor;
import static io.endomesh.xds.RateLimits.exact;
import static io.endomesh.xds.RateLimits.filter;
import static io.endomesh.xds.RateLimits.limit;
import static io.endomesh.xds.RateLimits.listener;
import static io.endomesh.xds.RateLimits.matching;
import static io.endomesh.xds.RateLimits.named;
import static io.endomesh.xds.RateLimits.regex;
import static io.endomesh.xds.RateLimits.simple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UInt32Value;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.Rate;
import io.endomesh.dataplane.limit.RateLimit;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitTranslatorTest {

  private static final String POLICY = "RateLimitPolicy/shop/orders";
  private static final String CALLER = "connection.uri_san_peer_certificate";

  private static List<RateLimit> limits(LocalRateLimit filter) throws InvalidResource {
    return ((ListenerResource.Server)
            ListenerTranslator.translate(listener("endomesh/inbound/8080", POLICY, filter)))
        .limits();
  }

  @Test
  void limit_ofAllRequests_hasTheNameOfTheFilterAndOfItsConstant() throws Exception {
    RateLimit limit = limits(simple("all", 10)).get(0);

    assertThat(limit.policy()).isEqualTo(POLICY);
    assertThat(limit.name()).isEqualTo("all");
    assertThat(limit.rate()).isEqualTo(new Rate(10, 1_000_000_000, 10));
    assertThat(limit.key()).isEqualTo(new LimitKey.None());
    assertThat(limit.maxKeys()).isZero();
    assertThat(limit.match()).isEqualTo(Condition.ANY);
  }

  @Test
  void limit_byHeaderOrCaller_hasAKey_andAsManyAsTheFilterSays() throws Exception {
    LocalRateLimit.Builder filter =
        filter()
            .addRateLimits(limit(named("user"), byHeader("X-User", true)))
            .addRateLimits(limit(named("caller"), byExpression(CALLER)))
            .addDescriptors(descriptor(bucket(1, 2), "limit", "user"))
            .addDescriptors(descriptor(bucket(1, 2), "limit", "user", "header", ""))
            .addDescriptors(descriptor(bucket(3, 4), "limit", "caller"))
            .addDescriptors(descriptor(bucket(3, 4), "limit", "caller", "caller", ""));

    // Envoy's default of max_dynamic_descriptors.
    assertThat(limits(filter.build())).extracting(RateLimit::maxKeys).containsExactly(20, 20);
    List<RateLimit> limits = limits(filter.setMaxDynamicDescriptors(UInt32Value.of(4_096)).build());
    assertThat(limits).extracting(RateLimit::maxKeys).containsExactly(4_096, 4_096);
    assertThat(limits)
        .extracting(RateLimit::key)
        .containsExactly(new LimitKey.Header("x-user"), new LimitKey.Caller());
    assertThat(limits.get(1).rate()).isEqualTo(new Rate(3, 1_000_000_000, 4));
  }

  @ParameterizedTest
  @CsvSource({
    "\\Q/api\\E([/?].*)?, /api, true",
    "\\Q/api\\E([/?].*)?, /api/x?q=1, true",
    "\\Q/api\\E([/?].*)?, /api?q=1, true",
    "\\Q/api\\E([/?].*)?, /apix, false",
    "\\Q/a.i\\E([/?].*)?, /api, false",
    "\\Q/api\\E(\\?.*)?, /api?q=1, true",
    "\\Q/api\\E(\\?.*)?, /api/x, false",
  })
  void match_pathAlone_isRecognizedAndComparedAsText(String regex, String target, boolean expected)
      throws Exception {
    LocalRateLimit filter =
        filter()
            .addRateLimits(limit(named("a"), matching(regex(":path", regex), exact("x-a", "1"))))
            .addDescriptors(descriptor(bucket(1, 1), "limit", "a", "match", "true"))
            .build();

    Condition match = limits(filter).get(0).match();

    assertThat(match.toString()).doesNotContain("Regex");
    TestRequest request = TestRequest.get("orders", target);
    assertThat(match.matches(request, null, null)).isFalse();
    assertThat(match.matches(request.header("x-a", "1"), null, null)).isEqualTo(expected);
  }

  @Test
  void filter_withOneBucketForAll_isOneLimit() throws Exception {
    List<RateLimit> limits = limits(filter().setTokenBucket(bucket(5, 6)).build());

    assertThat(limits).hasSize(1);
    assertThat(limits.get(0).rate()).isEqualTo(new Rate(5, 1_000_000_000, 6));
  }

  @Test
  void filter_thatEnvoyWouldNotApply_isRefused() {
    assertRefused(
        simple("all", 1).toBuilder().clearFilterEnabled(), "filter_enabled: not all requests");
    assertRefused(
        simple("all", 1).toBuilder()
            .setFilterEnforced(RuntimeFractionalPercent.getDefaultInstance()),
        "filter_enforced: not all requests (expected: 100 %)");
    assertRefused(
        simple("all", 1).toBuilder().setLocalRateLimitPerDownstreamConnection(true),
        "local_rate_limit_per_downstream_connection is not supported");
  }

  @Test
  void limit_whatIsNotUnderstood_isRefusedByItsName() {
    assertRefused(
        filter().addRateLimits(limit(named("a"))),
        "rate_limits[0]: no descriptor for limit=a (expected: one)");
    assertRefused(
        filter()
            .addRateLimits(limit(named("a"), byHeader("x", true)))
            .addDescriptors(descriptor(bucket(1, 1), "limit", "a"))
            .addDescriptors(descriptor(bucket(2, 1), "limit", "a", "header", "")),
        "rate_limits[0]: another rate for requests without the key (expected: the same)");
    assertRefused(
        filter().addRateLimits(limit(named("a"), byHeader("x", false))),
        "actions[1].request_headers.skip_if_absent: false (expected: true)");
    assertRefused(
        filter().addRateLimits(limit(byHeader("x", true), byExpression(CALLER))),
        "actions[1]: a second key (expected: at most one)");
    assertRefused(
        filter().addRateLimits(limit(byExpression("request.size"))),
        "actions[0].extension.text: 'request.size' (expected: " + CALLER + ")");
    assertRefused(
        filter()
            .addRateLimits(
                limit(
                    Action.newBuilder()
                        .setRemoteAddress(Action.RemoteAddress.getDefaultInstance())
                        .build())),
        "actions[0]: REMOTE_ADDRESS (expected: generic_key");
    assertRefused(
        filter().addRateLimits(limit(matching(regex(":path", "/a.*")))),
        "headers[:path]: STRING_MATCH (expected: a prefix without '?', or an expression");
    assertRefused(
        filter().setTokenBucket(bucket(1, 0)), "token_bucket.max_tokens: 0 (expected: 1 to");
  }

  private static void assertRefused(LocalRateLimit.Builder filter, String message) {
    assertThatThrownBy(() -> limits(filter.build()))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining("http_filters[" + POLICY + "]")
        .hasMessageContaining(message);
  }
}
