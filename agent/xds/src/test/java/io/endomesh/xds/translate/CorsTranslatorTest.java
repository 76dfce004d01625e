package io.endomesh.xds.translate;

import static io.endomesh.xds.Xds.any;
import static io.endomesh.xds.Xds.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.BoolValue;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.route.Cors;
import io.endomesh.dataplane.route.CorsRules;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.xds.Xds;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.NonForwardingAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CorsTranslatorTest {

  private static final String CORS = "envoy.extensions.filters.http.cors.v3.CorsPolicy";
  private static final String MANAGER =
      "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

  private static final CorsPolicy POLICY =
      CorsPolicy.newBuilder()
          .addAllowOriginStringMatch(StringMatcher.newBuilder().setExact("https://a"))
          .addAllowOriginStringMatch(StringMatcher.newBuilder().setPrefix("https://b"))
          .setAllowMethods("PUT")
          .setAllowHeaders("x-a")
          .setExposeHeaders("x-b")
          .setMaxAge("5")
          .setAllowCredentials(BoolValue.of(true))
          .setForwardNotMatchingPreflights(BoolValue.of(false))
          .build();

  @Test
  void translate_policyOfARoute_carriesAllFields() throws Exception {
    assertThat(cors(POLICY))
        .isEqualTo(
            new Cors(
                List.of(new StringMatch.Exact("https://a"), new StringMatch.Prefix("https://b")),
                "PUT",
                "x-a",
                "x-b",
                "5",
                true,
                false));
  }

  @Test
  void translate_emptyPolicy_allowsNobodyAndForwardsPreflights() throws Exception {
    assertThat(cors(CorsPolicy.getDefaultInstance()))
        .isEqualTo(new Cors(List.of(), "", "", "", "", false, true));
  }

  @Test
  void translate_shareOfRequests_isRefusedByName() {
    CorsPolicy some =
        POLICY.toBuilder().setFilterEnabled(RuntimeFractionalPercent.getDefaultInstance()).build();
    assertThatThrownBy(() -> cors(some))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining("[envoy.filters.http.cors].filter_enabled is not supported");
  }

  @Test
  void translate_servedPort_keepsRoutesInOrder() throws Exception {
    Route silent = leadingHere("/a").build();
    Route said =
        leadingHere("/").putTypedPerFilterConfig("cors", any(CORS, POLICY)).setName("r1").build();

    CorsRules rules = served(silent, said).cors();

    assertThat(rules.rules())
        .extracting(rule -> rule.match().path())
        .containsExactly(new PathMatch.Prefix("/a"), new PathMatch.Prefix("/"));
    assertThat(rules.rules().get(0).cors()).isNull();
    assertThat(rules.rules().get(1).name()).isEqualTo("r1");
    assertThat(rules.rules().get(1).cors()).isNotNull();
  }

  @Test
  void translate_servedPortWithoutCors_hasNoRules() throws Exception {
    assertThat(served(leadingHere("/").build()).cors()).isEqualTo(CorsRules.NONE);
  }

  private static Cors cors(CorsPolicy policy) throws InvalidResource {
    Route route =
        to("c").toBuilder()
            .setName("a")
            .putTypedPerFilterConfig("envoy.filters.http.cors", any(CORS, policy))
            .build();
    return Objects.requireNonNull(
        RouteTranslator.translate(Xds.routes("r", route))
            .hosts()
            .get(0)
            .rules()
            .get(0)
            .policy()
            .cors());
  }

  private static Route.Builder leadingHere(String prefix) {
    return Route.newBuilder()
        .setMatch(RouteMatch.newBuilder().setPrefix(prefix))
        .setNonForwardingAction(NonForwardingAction.getDefaultInstance());
  }

  private static Inbound.Port served(Route... routes) throws InvalidResource {
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder().setRouteConfig(Xds.routes("in", routes)).build();
    Listener listener =
        Listener.newBuilder()
            .setName("endomesh/inbound/8080")
            .addFilterChains(
                FilterChain.newBuilder()
                    .addFilters(Filter.newBuilder().setTypedConfig(any(MANAGER, manager))))
            .build();
    return ((ListenerResource.Server) ListenerTranslator.translate(listener)).port();
  }
}
