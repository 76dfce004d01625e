package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import io.envoyproxy.envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The filters of Gateway API's routes. */
class RouteFiltersTest {

  private final Models mesh =
      new Models()
          .workload("orders", "orders-1", "v1", 8080)
          .workload("shadow", "shadow-1", "v1", 9090);

  @Test
  void headerModifiers_ofRuleAndBackend_becomeEnvoysHeaderOptions() throws Exception {
    Route route =
        rule(
            """
            - filters:
              - type: RequestHeaderModifier
                requestHeaderModifier:
                  set: [{name: X-Set, value: a}]
                  add: [{name: X-Add, value: b}]
                  remove: [X-Gone]
              - type: ResponseHeaderModifier
                responseHeaderModifier: {set: [{name: X-Back, value: c}]}
              backendRefs:
              - name: orders
                filters:
                - type: RequestHeaderModifier
                  requestHeaderModifier: {set: [{name: X-Side, value: d}]}
            """);

    assertThat(route.getRequestHeadersToAddList())
        .extracting(h -> h.getHeader().getKey() + h.getHeader().getValue() + h.getAppendAction())
        .containsExactly(
            "x-seta" + HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD,
            "x-addb" + HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD);
    assertThat(route.getRequestHeadersToRemoveList()).containsExactly("x-gone");
    assertThat(route.getResponseHeadersToAdd(0).getHeader().getKey()).isEqualTo("x-back");
    WeightedCluster.ClusterWeight side = route.getRoute().getWeightedClusters().getClusters(0);
    assertThat(side.getRequestHeadersToAdd(0).getHeader().getKey()).isEqualTo("x-side");
  }

  @Test
  void redirect_needsNoBackend() throws Exception {
    RedirectAction redirect =
        rule("""
        - matches: [{path: {type: PathPrefix, value: /old}}]
          filters:
          - type: RequestRedirect
            requestRedirect:
              scheme: https
              hostname: example.org
              port: 8443
              statusCode: 308
              path: {type: ReplacePrefixMatch, replacePrefixMatch: /new}
        """)
            .getRedirect();

    assertThat(redirect.getSchemeRedirect()).isEqualTo("https");
    assertThat(redirect.getHostRedirect()).isEqualTo("example.org");
    assertThat(redirect.getPortRedirect()).isEqualTo(8443);
    assertThat(redirect.getPrefixRewrite()).isEqualTo("/new");
    assertThat(redirect.getResponseCode())
        .isEqualTo(RedirectAction.RedirectResponseCode.PERMANENT_REDIRECT);
  }

  @Test
  void urlRewrite_hostAndFullPath() throws Exception {
    Route route =
        rule(
            """
            - filters:
              - type: URLRewrite
                urlRewrite:
                  hostname: legacy
                  path: {type: ReplaceFullPath, replaceFullPath: /all}
              backendRefs: [{name: orders}]
            """);

    assertThat(route.getRoute().getHostRewriteLiteral()).isEqualTo("legacy");
    assertThat(route.getRoute().getRegexRewrite().getPattern().getRegex()).isEqualTo("^.*$");
    assertThat(route.getRoute().getRegexRewrite().getSubstitution()).isEqualTo("/all");
  }

  @Test
  void mirrors_eachWithItsShare() throws Exception {
    Route route =
        rule(
            """
            - filters:
              - {type: RequestMirror, requestMirror: {backendRef: {name: shadow}}}
              - type: RequestMirror
                requestMirror:
                  backendRef: {name: shadow}
                  fraction: {numerator: 1, denominator: 1000}
              backendRefs: [{name: orders}]
            """);

    assertThat(route.getRoute().getRequestMirrorPoliciesList())
        .allSatisfy(m -> assertThat(m.getCluster()).isEqualTo("outbound|9090||shadow.shop"))
        .extracting(m -> m.getRuntimeFraction().getDefaultValue().getNumerator())
        .containsExactly(1_000_000, 1_000);
  }

  @Test
  void sessionPersistence_becomesAStatefulSession() throws Exception {
    Any any =
        rule("""
        - backendRefs: [{name: orders}]
          sessionPersistence:
            sessionName: stick
            type: Cookie
            absoluteTimeout: 1h
            cookieConfig: {lifetimeType: Permanent}
        """)
            .getTypedPerFilterConfigOrThrow("envoy.filters.http.stateful_session");

    CookieBasedSessionState state =
        any.unpack(StatefulSessionPerRoute.class)
            .getStatefulSession()
            .getSessionState()
            .getTypedConfig()
            .unpack(CookieBasedSessionState.class);
    assertThat(state.getCookie().getName()).isEqualTo("stick");
    assertThat(state.getCookie().getTtl().getSeconds()).isEqualTo(3600);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{type: Redirect}] | filters[0].type | 'Redirect' (expected: RequestHeaderModifier",
        "[{type: ExternalAuth}] | filters[0].type | not supported",
        "[{type: ExtensionRef}] | filters[0].extensionRef | absent",
        "[{type: ExtensionRef, extensionRef: {kind: QueryParameterModifier, name: q}}]"
            + " | extensionRef.group | absent",
        "[{type: ExtensionRef, extensionRef: {group: other.io, kind: Wasm, name: q}}]"
            + " | extensionRef.group | 'other.io' (expected: endomesh.io)",
        "[{type: ExtensionRef, extensionRef: {group: endomesh.io, kind: Wasm, name: q}}]"
            + " | extensionRef.kind | 'Wasm' (expected: QueryParameterModifier)",
        "[{type: ExtensionRef, extensionRef: {group: endomesh.io, kind: QueryParameterModifier}}]"
            + " | extensionRef.name | absent",
        "[{type: ExtensionRef, extensionRef: {group: endomesh.io, kind: QueryParameterModifier,"
            + " name: q, namespace: x}}] | extensionRef.namespace | unknown field",
        "[{type: CORS}] | filters[0].cors | absent",
        "[{type: CORS, cors: {allowOrigins: [example.com]}}] | cors.allowOrigins[0] |"
            + " 'example.com'",
        "[{type: CORS, cors: {allowOrigins: ['*', 'http://a']}}] | allowOrigins[0] | beside others",
        "[{type: CORS, cors: {allowMethods: [get]}}] | cors.allowMethods[0] | 'get' (expected: *",
        "[{type: CORS, cors: {allowOrigins: ['http://a:0']}}] | allowOrigins[0] | port from 1",
        "[{type: CORS, cors: {maxAge: 0}}] | cors.maxAge | 0 (expected: a number from 1",
        "[{type: CORS, cors: {allowHeaders: ['a, b']}}] | cors.allowHeaders[0] | 'a, b'",
        "[{type: CORS, cors: {exposeHeaders: ['*'], allowCredentials: true}}] | exposeHeaders |"
            + " beside allowCredentials",
        "[{type: CORS, cors: {origins: []}}] | cors.origins | unknown field",
        "[{type: URLRewrite}] | filters[0].urlRewrite | absent",
        "[{type: RequestRedirect, requestRedirect: {statusCode: 304}}] | statusCode | 304",
        "[{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: Host, value: x}]}}]"
            + " | set[0].name | 'host'",
        "[{type: RequestMirror, requestMirror: {percent: 5, fraction: {numerator: 1},"
            + " backendRef: {name: a}}}] | percent | beside fraction",
        "[{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch}}}] | filters |"
            + " every match of the rule by PathPrefix",
      })
  void filter_thatMakesNoSense_isRefusedByField(String filters, String field, String why) {
    assertThatThrownBy(
            () ->
                rule(
                    "- matches: [{path: {type: Exact, value: /a}}]\n"
                        + "  filters: "
                        + filters
                        + "\n  backendRefs: [{name: orders}]\n"))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining(why)
        .satisfies(
            e ->
                assertThat(Objects.requireNonNull(((InvalidResourceException) e).field()))
                    .contains(field));
  }

  private Route rule(String rule) throws Exception {
    mesh.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders}]
          rules:
        """
            + rule.indent(2));
    RouteConfiguration table =
        Objects.requireNonNull(RouteTable.of(mesh.model(), "orders.shop:8080", Models.AGENT));
    List<Route> routes = table.getVirtualHosts(0).getRoutesList();
    assertThat(routes).hasSize(1);
    return routes.get(0);
  }
}
