package io.endomesh.xds.translate;

import static io.endomesh.xds.Xds.any;
import static io.endomesh.xds.Xds.append;
import static io.endomesh.xds.Xds.to;
import static io.endomesh.xds.translate.RouteMessages.abort;
import static io.endomesh.xds.translate.RouteMessages.cookie;
import static io.endomesh.xds.translate.RouteMessages.delay;
import static io.endomesh.xds.translate.RouteMessages.fault;
import static io.endomesh.xds.translate.RouteMessages.filtered;
import static io.endomesh.xds.translate.RouteMessages.fraction;
import static io.endomesh.xds.translate.RouteMessages.hashCookie;
import static io.endomesh.xds.translate.RouteMessages.hashHeader;
import static io.endomesh.xds.translate.RouteMessages.header;
import static io.endomesh.xds.translate.RouteMessages.mirror;
import static io.endomesh.xds.translate.RouteMessages.redirect;
import static io.endomesh.xds.translate.RouteMessages.regex;
import static io.endomesh.xds.translate.RouteMessages.respond;
import static io.endomesh.xds.translate.RouteMessages.route;
import static io.endomesh.xds.translate.RouteMessages.rule;
import static io.endomesh.xds.translate.RouteMessages.session;
import static io.endomesh.xds.translate.RouteMessages.state;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.endomesh.xds.Xds;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.type.v3.FractionalPercent.DenominatorType;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What this mesh does not do is refused, by field and value. */
class RouteRefusalTest {

  static Stream<Arguments> refused() {
    return Stream.of(
        arguments(
            redirect(RedirectAction.newBuilder().setStripQuery(true)),
            "a.redirect.strip_query is not"),
        arguments(
            redirect(RedirectAction.newBuilder().setPortRedirect(70_000)),
            "port_redirect: 70000 (expected: 0 to 65535)"),
        arguments(
            redirect(RedirectAction.newBuilder().setSchemeRedirect("ftp")),
            "scheme_redirect: ftp (expected: http or https)"),
        arguments(
            redirect(RedirectAction.newBuilder().setHostRedirect("b:1").setPortRedirect(2)),
            "host_redirect: b:1 (expected: a host"),
        arguments(
            redirect(RedirectAction.newBuilder().setHostRedirect("b:0")),
            "host_redirect: 0 (expected: 1 to 65535)"),
        arguments(
            redirect(RedirectAction.newBuilder().setPathRedirect("/b?c")),
            "path_redirect: /b?c (expected: a path"),
        arguments(
            redirect(RedirectAction.newBuilder().setResponseCodeValue(9)),
            "response_code: 9 (expected: MOVED"),
        arguments(
            respond(99, DataSource.newBuilder()),
            "a.direct_response.status: 99 (expected: 200 to 599)"),
        arguments(
            respond(200, DataSource.newBuilder().setFilename("/etc/passwd")),
            "body: FILENAME (expected: inline_string"),
        arguments(
            to("c").toBuilder().setName("a").clearAction().build(),
            "a.action: ACTION_NOT_SET (expected: route"),
        arguments(
            route(RouteAction.newBuilder().setPrefixRewrite("/b").setRegexRewrite(regex("b", "c"))),
            "a.route.prefix_rewrite: /b (expected: not beside"),
        arguments(
            route(RouteAction.newBuilder().setRegexRewrite(regex("a(b", "c"))),
            "regex_rewrite.pattern: 'a(b' (expected: an RE2"),
        arguments(
            route(RouteAction.newBuilder().setRegexRewrite(regex("(a)", "\\2"))),
            "substitution: '\\2' (expected: \\\\ or a group from \\0 to \\1"),
        arguments(
            route(RouteAction.newBuilder().setRegexRewrite(regex("a", "b\\"))),
            "substitution: 'b\\' (expected: "),
        arguments(
            route(RouteAction.newBuilder().setAutoHostRewrite(BoolValue.of(true))),
            "auto_host_rewrite is not"),
        arguments(
            route(RouteAction.newBuilder().setHostRewriteHeader("b")),
            "HOST_REWRITE_HEADER (expected: host_rewrite_literal)"),
        arguments(
            route(RouteAction.newBuilder().setAppendXForwardedHost(true)),
            "append_x_forwarded_host is not"),
        arguments(
            route(RouteAction.newBuilder().setPriority(RoutingPriority.HIGH)),
            "priority: HIGH is not"),
        arguments(
            route(RouteAction.newBuilder().setIdleTimeout(Duration.newBuilder().setSeconds(1))),
            "idle_timeout is not"),
        arguments(
            route(RouteAction.newBuilder().addRequestMirrorPolicies(mirror(""))),
            "request_mirror_policies.cluster: none"),
        arguments(
            route(
                RouteAction.newBuilder()
                    .addRequestMirrorPolicies(
                        mirror("m")
                            .setRuntimeFraction(
                                RuntimeFractionalPercent.newBuilder()
                                    .setDefaultValue(fraction(101, DenominatorType.HUNDRED))))),
            "runtime_fraction.numerator: 101 (expected: 0 to 100)"),
        arguments(
            route(
                RouteAction.newBuilder()
                    .addHashPolicy(hashHeader("b").setTerminal(true))
                    .addHashPolicy(hashHeader("c"))),
            "hash_policy[0].terminal is not"),
        arguments(
            route(RouteAction.newBuilder().addHashPolicy(hashHeader(""))),
            "hash_policy[0].header.header_name: none"),
        arguments(
            route(
                RouteAction.newBuilder()
                    .addHashPolicy(
                        RouteAction.HashPolicy.newBuilder()
                            .setConnectionProperties(
                                RouteAction.HashPolicy.ConnectionProperties.newBuilder()
                                    .setSourceIp(true)))),
            "hash_policy[0]: CONNECTION_PROPERTIES (expected: header"),
        arguments(
            route(
                RouteAction.newBuilder()
                    .addHashPolicy(hashCookie("b", 1))
                    .addHashPolicy(hashCookie("c", 1))),
            "hash_policy[1].cookie.ttl: a second"),
        arguments(
            session(cookie("id", "", 0)).toBuilder()
                .setRoute(
                    RouteAction.newBuilder().setCluster("c").addHashPolicy(hashCookie("b", 1)))
                .build(),
            "cookie.ttl: set (expected: not beside"),
        arguments(
            to("c").toBuilder()
                .setName("a")
                .addRequestHeadersToAdd(append("b", "%PROTOCOL%"))
                .build(),
            "a.request_headers_to_add[b]: '%PROTOCOL%' (expected: no command"),
        arguments(
            to("c").toBuilder().addRequestHeadersToAdd(append("b", "c\r\nd")).build(),
            "request_headers_to_add[b]: a control character at 1"),
        arguments(
            to("c").toBuilder().addRequestHeadersToAdd(append(":path", "/")).build(),
            "request_headers_to_add: ':path' (expected: the name"),
        arguments(
            to("c").toBuilder().addRequestHeadersToRemove("Host").build(),
            "request_headers_to_remove: 'Host' (expected: the name"),
        arguments(
            to("c").toBuilder()
                .addResponseHeadersToAdd(
                    append("b", "c").toBuilder()
                        .setAppendAction(HeaderValueOption.HeaderAppendAction.ADD_IF_ABSENT))
                .build(),
            "response_headers_to_add[b].append_action: ADD_IF_ABSENT (expected: APPEND"),
        arguments(
            fault(HTTPFault.newBuilder().setAbort(abort(600))),
            "a.typed_per_filter_config[filter].abort.http_status: 600 (expected: 200 to 599)"),
        arguments(
            fault(HTTPFault.newBuilder().setAbort(FaultAbort.newBuilder().setGrpcStatus(17))),
            "abort.grpc_status: 17 (expected: 0 to 16)"),
        arguments(
            fault(HTTPFault.newBuilder().setAbort(FaultAbort.newBuilder())),
            "abort: ERRORTYPE_NOT_SET (expected: http_status"),
        arguments(
            fault(HTTPFault.newBuilder().setDelay(delay(0))),
            "delay.fixed_delay: 0 s (expected: > 0)"),
        arguments(
            fault(
                HTTPFault.newBuilder()
                    .setDelay(
                        FaultDelay.newBuilder()
                            .setHeaderDelay(FaultDelay.HeaderDelay.getDefaultInstance()))),
            "delay: HEADER_DELAY (expected: fixed_delay)"),
        arguments(
            fault(HTTPFault.newBuilder().setMaxActiveFaults(UInt32Value.of(1))),
            "max_active_faults is not"),
        arguments(session(cookie("", "", 0)), "cookie.name: '' (expected: a token"),
        arguments(session(cookie("id", "/cart", 0)), "cookie.path: /cart (expected: none or /)"),
        arguments(session(header("a b")), "session_state.name: 'a b' (expected: a token"),
        arguments(session(header("a").setStrict(true)), "strict is not"),
        arguments(
            session(state(any("other.State", Duration.getDefaultInstance()))),
            "session_state: type.googleapis.com/other.State (expected: envoy"),
        arguments(
            filtered(any("other.Filter", Duration.getDefaultInstance())),
            "typed_per_filter_config[filter]: type.googleapis.com/other.Filter is not"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void translate_whatCannotBeUsed_isRefusedByFieldAndValue(Route route, String message) {
    assertThatThrownBy(() -> rule(route))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining(message);
  }

  @Test
  void translate_mostSpecificMutationsWin_isRefused() {
    RouteConfiguration message =
        Xds.routes("r", to("c")).toBuilder().setMostSpecificHeaderMutationsWins(true).build();
    assertThatThrownBy(() -> RouteTranslator.translate(message))
        .isInstanceOf(InvalidResource.class)
        .hasMessage("most_specific_header_mutations_wins is not supported");
  }
}
