package io.endomesh.xds.translate;

import static io.endomesh.xds.Xds.any;
import static io.endomesh.xds.Xds.append;
import static io.endomesh.xds.Xds.overwrite;
import static io.endomesh.xds.Xds.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.HashPolicy;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.HeaderChanges.Header;
import io.endomesh.dataplane.route.PathRewrite;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.SessionPersistence;
import io.endomesh.dataplane.route.Share;
import io.endomesh.xds.Xds;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction.RedirectResponseCode;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import io.envoyproxy.envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState;
import io.envoyproxy.envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState;
import io.envoyproxy.envoy.type.http.v3.Cookie;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.FractionalPercent.DenominatorType;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RouteTranslatorTest {

  private static final String FAULT = "envoy.extensions.filters.http.fault.v3.HTTPFault";
  private static final String SESSION =
      "envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute";

  private static RouteResource.Rule rule(Route route) throws InvalidResource {
    return RouteTranslator.translate(Xds.routes("r", route)).hosts().get(0).rules().get(0);
  }

  private static RouteResource.Action.Forward forward(Route route) throws InvalidResource {
    return (RouteResource.Action.Forward) rule(route).action();
  }

  private static Route route(RouteAction.Builder action) {
    return route(RouteMatch.newBuilder().setPrefix("/"), action);
  }

  private static Route route(RouteMatch.Builder match, RouteAction.Builder action) {
    return Route.newBuilder().setName("a").setMatch(match).setRoute(action.setCluster("c")).build();
  }

  private static Route redirect(RedirectAction.Builder redirect) {
    return Route.newBuilder()
        .setName("a")
        .setMatch(RouteMatch.newBuilder().setPathSeparatedPrefix("/old"))
        .setRedirect(redirect)
        .build();
  }

  private static Route respond(int status, DataSource.Builder body) {
    return Route.newBuilder()
        .setName("a")
        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
        .setDirectResponse(DirectResponseAction.newBuilder().setStatus(status).setBody(body))
        .build();
  }

  private static RegexMatchAndSubstitute.Builder regex(String pattern, String substitution) {
    return RegexMatchAndSubstitute.newBuilder()
        .setPattern(RegexMatcher.newBuilder().setRegex(pattern))
        .setSubstitution(substitution);
  }

  private static Route filtered(Any config) {
    return to("c").toBuilder().setName("a").putTypedPerFilterConfig("filter", config).build();
  }

  private static Route fault(HTTPFault.Builder fault) {
    return filtered(any(FAULT, fault.build()));
  }

  private static FractionalPercent.Builder fraction(int numerator, DenominatorType of) {
    return FractionalPercent.newBuilder().setNumerator(numerator).setDenominator(of);
  }

  private static FaultAbort.Builder abort(int status) {
    return FaultAbort.newBuilder()
        .setHttpStatus(status)
        .setPercentage(fraction(5, DenominatorType.HUNDRED));
  }

  private static FaultDelay.Builder delay(long millis) {
    return FaultDelay.newBuilder()
        .setFixedDelay(Duration.newBuilder().setNanos((int) (millis * 1_000_000)))
        .setPercentage(fraction(25, DenominatorType.TEN_THOUSAND));
  }

  private static Route session(StatefulSession.Builder session) {
    return filtered(
        any(SESSION, StatefulSessionPerRoute.newBuilder().setStatefulSession(session).build()));
  }

  private static StatefulSession.Builder cookie(String name, String path, int ttlMillis) {
    return state(
        any(
            "envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState",
            CookieBasedSessionState.newBuilder()
                .setCookie(
                    Cookie.newBuilder()
                        .setName(name)
                        .setPath(path)
                        .setTtl(
                            Duration.newBuilder()
                                .setSeconds(ttlMillis / 1000)
                                .setNanos(ttlMillis % 1000 * 1_000_000)))
                .build()));
  }

  private static StatefulSession.Builder header(String name) {
    return state(
        any(
            "envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState",
            HeaderBasedSessionState.newBuilder().setName(name).build()));
  }

  private static StatefulSession.Builder state(Any config) {
    return StatefulSession.newBuilder()
        .setSessionState(TypedExtensionConfig.newBuilder().setName("s").setTypedConfig(config));
  }

  private static RouteAction.HashPolicy.Builder hashCookie(String name, @Nullable Integer ttl) {
    RouteAction.HashPolicy.Cookie.Builder cookie =
        RouteAction.HashPolicy.Cookie.newBuilder().setName(name);
    if (ttl != null) {
      cookie.setTtl(Duration.newBuilder().setSeconds(ttl));
    }
    return RouteAction.HashPolicy.newBuilder().setCookie(cookie);
  }

  private static RouteAction.HashPolicy.Builder hashHeader(String name) {
    return RouteAction.HashPolicy.newBuilder()
        .setHeader(RouteAction.HashPolicy.Header.newBuilder().setHeaderName(name));
  }

  private static RouteAction.RequestMirrorPolicy.Builder mirror(String cluster) {
    return RouteAction.RequestMirrorPolicy.newBuilder().setCluster(cluster);
  }

  @Test
  void translate_routeWithNothingElse_hasTheDefaultPolicy() throws Exception {
    assertThat(rule(to("c")).policy()).isEqualTo(RoutePolicy.DEFAULT);
    assertThat(forward(to("c")).rewrite()).isNull();
    assertThat(forward(to("c")).mirrors()).isEmpty();
  }

  /** What the path of a request becomes, written the way Envoy's documentation does. */
  @ParameterizedTest
  @CsvSource({
    // match, rewritten to, request path, path that is sent
    "segments /foo, /xyz, /foo/bar, /xyz/bar",
    "segments /foo, /xyz, /foo, /xyz",
    "segments /foo, /, /foo/bar, /bar",
    "segments /foo, /, /foo, /",
    "prefix /foo, /xyz, /foo/bar, /xyz/bar",
    "prefix /foo, /xyz, /foobar, /xyzbar",
    "prefix /fo$o, /x$1\\y, /fo$o/bar, /x$1\\y/bar",
    "prefix /foo/, /xyz/, /foo/bar, /xyz/bar",
    "prefix /, /xyz/, /bar, /xyz/bar",
    "anycase /foo, /xyz, /FOO/bar, /xyz/bar",
    "path /foo, /xyz, /foo, /xyz",
    "regex /f.*, /xyz, /foo/bar, /xyz",
  })
  void translate_prefixRewrite_replacesWhatWasMatched(
      String match, String replacement, String path, String expected) throws Exception {
    String value = match.substring(match.indexOf(' ') + 1);
    RouteMatch.Builder matched =
        switch (match.substring(0, match.indexOf(' '))) {
          case "segments" -> RouteMatch.newBuilder().setPathSeparatedPrefix(value);
          case "prefix" -> RouteMatch.newBuilder().setPrefix(value);
          case "anycase" ->
              RouteMatch.newBuilder().setPrefix(value).setCaseSensitive(BoolValue.of(false));
          case "path" -> RouteMatch.newBuilder().setPath(value);
          default ->
              RouteMatch.newBuilder().setSafeRegex(RegexMatcher.newBuilder().setRegex(value));
        };
    RouteResource.Rule rule =
        rule(route(matched, RouteAction.newBuilder().setPrefixRewrite(replacement)));
    assertThat(rule.match().path().matches(path)).isTrue();
    assertThat(((RouteResource.Action.Forward) rule.action()).rewrite().path().apply(path))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    // The first four are Envoy's own examples.
    "^/service/([^/]+)(/.*)$, \\2/instance/\\1, /service/foo/v1/api, /v1/api/instance/foo",
    "one, two, /xxx/one/yyy/one/zzz, /xxx/two/yyy/two/zzz",
    "^(.*?)one(.*)$, \\1two\\2, /xxx/one/yyy/one/zzz, /xxx/two/yyy/one/zzz",
    "(?i)/xxx/, /yyy/, /aaa/XxX/bbb, /aaa/yyy/bbb",
    "/(a)(b)(c)(d)(e)(f)(g)(h)(i)(j), /\\10, /abcdefghij, /a0",
    "/a, /$1, /a, /$1",
    "/a, /\\\\b, /a, /\\b",
    "/a, \\0\\0, /a, /a/a",
    "/(?P<n>a), /${n}, /a, /${n}",
  })
  void translate_regexRewrite_substitutesAsRe2Does(
      String pattern, String substitution, String path, String expected) throws Exception {
    RouteAction.Builder action =
        RouteAction.newBuilder().setRegexRewrite(regex(pattern, substitution));
    assertThat(forward(route(action)).rewrite().path().apply(path)).isEqualTo(expected);
  }

  @Test
  void translate_hostRewriteLiteral_rewritesTheAuthorityOnly() throws Exception {
    var rewrite =
        forward(route(RouteAction.newBuilder().setHostRewriteLiteral("other:80"))).rewrite();
    assertThat(rewrite.authority()).isEqualTo("other:80");
    assertThat(rewrite.path()).isNull();
  }

  static Stream<Arguments> redirects() {
    return Stream.of(
        arguments(RedirectAction.newBuilder(), 301, null, null, 0, null),
        arguments(
            RedirectAction.newBuilder()
                .setResponseCode(RedirectResponseCode.FOUND)
                .setHttpsRedirect(true),
            302,
            "https",
            null,
            0,
            null),
        arguments(
            RedirectAction.newBuilder()
                .setResponseCode(RedirectResponseCode.SEE_OTHER)
                .setSchemeRedirect("http")
                .setHostRedirect("[::1]")
                .setPortRedirect(8080),
            303,
            "http",
            "[::1]",
            8080,
            null),
        arguments(RedirectAction.newBuilder().setHostRedirect("b:81"), 301, null, "b", 81, null),
        arguments(
            RedirectAction.newBuilder()
                .setResponseCode(RedirectResponseCode.TEMPORARY_REDIRECT)
                .setPathRedirect("/new"),
            307,
            null,
            null,
            0,
            new PathRewrite.Full("/new")),
        arguments(
            RedirectAction.newBuilder()
                .setResponseCode(RedirectResponseCode.PERMANENT_REDIRECT)
                .setPrefixRewrite("/new"),
            308,
            null,
            null,
            0,
            new PathRewrite.Prefix("/old", "/new")));
  }

  @ParameterizedTest
  @MethodSource("redirects")
  void translate_redirect_carriesEachPart(
      RedirectAction.Builder message,
      int status,
      @Nullable String scheme,
      @Nullable String host,
      int port,
      @Nullable PathRewrite path)
      throws Exception {
    assertThat(rule(redirect(message)).action())
        .isEqualTo(
            new RouteResource.Action.Answer(
                new io.endomesh.dataplane.route.RouteAction.Redirect(
                    status, scheme, host, port, path)));
  }

  @Test
  void translate_directResponse_carriesStatusAndBody() throws Exception {
    assertThat(rule(respond(503, DataSource.newBuilder().setInlineString("closed"))).action())
        .isEqualTo(
            new RouteResource.Action.Answer(
                new io.endomesh.dataplane.route.RouteAction.Respond(503, "closed")));
    assertThat(rule(respond(204, DataSource.newBuilder())).action())
        .isEqualTo(
            new RouteResource.Action.Answer(
                new io.endomesh.dataplane.route.RouteAction.Respond(204, "")));
  }

  @Test
  void translate_answers_nameNoClusters() throws Exception {
    assertThat(
            RouteTranslator.translate(Xds.routes("r", redirect(RedirectAction.newBuilder())))
                .clusters())
        .isEmpty();
  }

  @Test
  void translate_headersOfThreeLevels_theLeastSpecificComesLast() throws Exception {
    RouteConfiguration message =
        RouteConfiguration.newBuilder()
            .addRequestHeadersToAdd(overwrite("everywhere", "all"))
            .addVirtualHosts(
                VirtualHost.newBuilder()
                    .setName("h")
                    .addDomains("*")
                    .addRequestHeadersToAdd(overwrite("both", "host"))
                    .addRequestHeadersToAdd(append("more", "2"))
                    .addRequestHeadersToRemove("gone")
                    .addResponseHeadersToRemove("server")
                    .addRoutes(
                        to("c").toBuilder()
                            .addRequestHeadersToAdd(overwrite("Both", "route"))
                            .addRequestHeadersToAdd(append("more", "1"))
                            .addRequestHeadersToAdd(append("gone", "route"))
                            .addRequestHeadersToAdd(overwrite("rate", "5 %%"))
                            .addResponseHeadersToAdd(append("via", "mesh"))))
            .build();
    RoutePolicy policy = RouteTranslator.translate(message).hosts().get(0).rules().get(0).policy();
    assertThat(policy.requestHeaders())
        .isEqualTo(
            new HeaderChanges(
                List.of(
                    new Header("rate", "5 %"),
                    new Header("both", "host"),
                    new Header("everywhere", "all")),
                List.of(new Header("more", "1"), new Header("more", "2")),
                List.of("gone")));
    assertThat(policy.responseHeaders())
        .isEqualTo(
            new HeaderChanges(List.of(), List.of(new Header("via", "mesh")), List.of("server")));
  }

  @Test
  @SuppressWarnings("deprecation") // That is what is tested.
  void translate_deprecatedAppend_decides() throws Exception {
    HeaderValueOption.Builder option = append("a", "1").toBuilder();
    Route replacing =
        to("c").toBuilder().addRequestHeadersToAdd(option.setAppend(BoolValue.of(false))).build();
    assertThat(rule(replacing).policy().requestHeaders().set()).hasSize(1);
    Route adding =
        to("c").toBuilder().addRequestHeadersToAdd(option.setAppend(BoolValue.of(true))).build();
    assertThat(rule(adding).policy().requestHeaders().add()).hasSize(1);
  }

  @Test
  void translate_emptyValue_isKeptOnlyIfAskedTo() throws Exception {
    Route route =
        to("c").toBuilder()
            .addRequestHeadersToAdd(append("dropped", ""))
            .addRequestHeadersToAdd(append("kept", "").toBuilder().setKeepEmptyValue(true))
            .build();
    assertThat(rule(route).policy().requestHeaders().add()).containsExactly(new Header("kept", ""));
  }

  @Test
  void translate_weightedClusters_carryTheirOwnHeaders() throws Exception {
    Route route =
        route(RouteAction.newBuilder()).toBuilder()
            .setRoute(
                RouteAction.newBuilder()
                    .setWeightedClusters(
                        WeightedCluster.newBuilder()
                            .addClusters(
                                WeightedCluster.ClusterWeight.newBuilder()
                                    .setName("v1")
                                    .setWeight(UInt32Value.of(9))
                                    .addRequestHeadersToAdd(overwrite("version", "1"))
                                    .addResponseHeadersToRemove("server"))
                            .addClusters(
                                WeightedCluster.ClusterWeight.newBuilder()
                                    .setName("v2")
                                    .setWeight(UInt32Value.of(1)))))
            .build();
    assertThat(forward(route).targets())
        .containsExactly(
            new RouteResource.Target(
                "v1",
                9,
                new HeaderChanges(List.of(new Header("version", "1")), List.of(), List.of()),
                new HeaderChanges(List.of(), List.of(), List.of("server"))),
            new RouteResource.Target("v2", 1, HeaderChanges.NONE, HeaderChanges.NONE));
  }

  @Test
  void translate_mirrors_areClustersToWaitFor() throws Exception {
    RouteAction.Builder action =
        RouteAction.newBuilder()
            .addRequestMirrorPolicies(mirror("all"))
            .addRequestMirrorPolicies(
                mirror("some")
                    .setRuntimeFraction(
                        RuntimeFractionalPercent.newBuilder()
                            .setDefaultValue(fraction(7, DenominatorType.TEN_THOUSAND))));
    assertThat(forward(route(action)).mirrors())
        .containsExactly(
            new RouteResource.Mirror("all", Share.ALL),
            new RouteResource.Mirror("some", new Share(700)));
    assertThat(RouteTranslator.translate(Xds.routes("r", route(action))).clusters())
        .containsExactly("c", "all", "some");
  }

  @Test
  void translate_mirrorsOfTheHost_areTakenOnlyByRoutesWithoutTheirOwn() throws Exception {
    RouteConfiguration message =
        RouteConfiguration.newBuilder()
            .addVirtualHosts(
                VirtualHost.newBuilder()
                    .setName("h")
                    .addDomains("*")
                    .addRequestMirrorPolicies(mirror("host"))
                    .addRoutes(
                        route(RouteAction.newBuilder().addRequestMirrorPolicies(mirror("own"))))
                    .addRoutes(to("c")))
            .build();
    assertThat(RouteTranslator.translate(message).hosts().get(0).rules())
        .extracting(
            rule -> ((RouteResource.Action.Forward) rule.action()).mirrors().get(0).cluster())
        .containsExactly("own", "host");
  }

  @Test
  void translate_hashPolicies_keepTheirOrder() throws Exception {
    RouteAction.Builder action =
        RouteAction.newBuilder()
            .addHashPolicy(hashHeader("X-User"))
            .addHashPolicy(hashCookie("id", null))
            .addHashPolicy(
                RouteAction.HashPolicy.newBuilder()
                    .setTerminal(true)
                    .setQueryParameter(
                        RouteAction.HashPolicy.QueryParameter.newBuilder().setName("q")));
    RoutePolicy policy = rule(route(action)).policy();
    assertThat(policy.hashPolicies())
        .containsExactly(
            new HashPolicy.Header("x-user"),
            new HashPolicy.Cookie("id"),
            new HashPolicy.QueryParameter("q"));
    assertThat(policy.persistence()).isNull();
  }

  @Test
  void translate_hashCookieWithLifetime_isMadeAsASession() throws Exception {
    RoutePolicy policy =
        rule(route(RouteAction.newBuilder().addHashPolicy(hashCookie("id", 60)))).policy();
    assertThat(policy.hashPolicies()).containsExactly(new HashPolicy.Cookie("id"));
    assertThat(policy.persistence())
        .isEqualTo(new SessionPersistence(SessionPersistence.Type.COOKIE, "id", 60));
  }

  @Test
  void translate_fault_carriesDelayAndAbort() throws Exception {
    assertThat(
            rule(fault(HTTPFault.newBuilder().setDelay(delay(300)).setAbort(abort(503))))
                .policy()
                .fault())
        .isEqualTo(
            new Fault(
                new Fault.Delay(new Share(2_500), 300_000_000),
                new Fault.Abort(new Share(50_000), 503, -1)));
    FaultAbort.Builder unavailable =
        FaultAbort.newBuilder()
            .setGrpcStatus(14)
            .setPercentage(fraction(1_000_000, DenominatorType.MILLION));
    assertThat(rule(fault(HTTPFault.newBuilder().setAbort(unavailable))).policy().fault())
        .isEqualTo(new Fault(null, new Fault.Abort(Share.ALL, 200, 14)));
  }

  @Test
  void translate_faultWithoutPercentage_neverHappens() throws Exception {
    FaultAbort.Builder abort = FaultAbort.newBuilder().setHttpStatus(500);
    assertThat(rule(fault(HTTPFault.newBuilder().setAbort(abort))).policy().fault().abort().share())
        .isEqualTo(Share.NONE);
  }

  @Test
  void translate_sessions_carryNameAndLifetime() throws Exception {
    assertThat(rule(session(cookie("id", "/", 1_500))).policy().persistence())
        .isEqualTo(new SessionPersistence(SessionPersistence.Type.COOKIE, "id", 2));
    assertThat(rule(session(cookie("id", "", 0))).policy().persistence())
        .isEqualTo(new SessionPersistence(SessionPersistence.Type.COOKIE, "id", 0));
    assertThat(rule(session(header("X-Session"))).policy().persistence())
        .isEqualTo(new SessionPersistence(SessionPersistence.Type.HEADER, "x-session", 0));
  }

  @Test
  void translate_filtersOfTheHost_areOverriddenByTheRoute() throws Exception {
    Any disabled = any(SESSION, StatefulSessionPerRoute.newBuilder().setDisabled(true).build());
    RouteConfiguration message =
        RouteConfiguration.newBuilder()
            .addVirtualHosts(
                VirtualHost.newBuilder()
                    .setName("h")
                    .addDomains("*")
                    .putTypedPerFilterConfig(
                        "filter",
                        session(cookie("id", "", 0)).getTypedPerFilterConfigOrThrow("filter"))
                    .addRoutes(to("c"))
                    .addRoutes(filtered(disabled)))
            .build();
    assertThat(RouteTranslator.translate(message).hosts().get(0).rules())
        .extracting(rule -> rule.policy().persistence() == null)
        .containsExactly(false, true);
  }

  @Test
  void translate_filterThatIsOptionalOrDisabled_isLeftOut() throws Exception {
    FilterConfig.Builder optional =
        FilterConfig.newBuilder()
            .setIsOptional(true)
            .setConfig(any("unknown.Filter", Duration.getDefaultInstance()));
    FilterConfig.Builder disabled =
        FilterConfig.newBuilder()
            .setDisabled(true)
            .setConfig(any(FAULT, HTTPFault.newBuilder().setAbort(abort(500)).build()));
    for (FilterConfig.Builder config : List.of(optional, disabled)) {
      Route route = filtered(any("envoy.config.route.v3.FilterConfig", config.build()));
      assertThat(rule(route).policy()).isEqualTo(RoutePolicy.DEFAULT);
    }
  }

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
