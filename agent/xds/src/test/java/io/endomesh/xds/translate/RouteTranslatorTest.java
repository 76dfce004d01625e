package io.endomesh.xds.translate;

import static io.endomesh.xds.Xds.any;
import static io.endomesh.xds.Xds.append;
import static io.endomesh.xds.Xds.overwrite;
import static io.endomesh.xds.Xds.to;
import static io.endomesh.xds.translate.RouteMessages.FAULT;
import static io.endomesh.xds.translate.RouteMessages.SESSION;
import static io.endomesh.xds.translate.RouteMessages.abort;
import static io.endomesh.xds.translate.RouteMessages.cookie;
import static io.endomesh.xds.translate.RouteMessages.delay;
import static io.endomesh.xds.translate.RouteMessages.fault;
import static io.endomesh.xds.translate.RouteMessages.filtered;
import static io.endomesh.xds.translate.RouteMessages.forward;
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
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
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
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction.RedirectResponseCode;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.v3.FractionalPercent.DenominatorType;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RouteTranslatorTest {

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
  void translate_directResponse_thatStandsForAServersRefusal_isOne() throws Exception {
    Route refusing =
        respond(403, DataSource.newBuilder()).toBuilder()
            .setMetadata(
                Metadata.newBuilder()
                    .putFilterMetadata(
                        "endomesh",
                        Struct.newBuilder()
                            .putFields(
                                "refused_by",
                                Value.newBuilder()
                                    .setStringValue("AuthorizationPolicy/shop/x")
                                    .build())
                            .build()))
            .build();
    assertThat(rule(refusing).action())
        .isEqualTo(
            new RouteResource.Action.Answer(
                new io.endomesh.dataplane.route.RouteAction.Refuse("AuthorizationPolicy/shop/x")));
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
  void translate_faultWithAnEnd_endsThen() throws Exception {
    Route always = fault(HTTPFault.newBuilder().setAbort(abort(503)));
    assertThat(rule(always).policy().fault().untilMillis()).isEqualTo(Fault.FOREVER);
    assertThat(rule(until(always, "2026-12-01T18:00:00Z")).policy().fault().untilMillis())
        .isEqualTo(Instant.parse("2026-12-01T18:00:00Z").toEpochMilli());
    assertThatThrownBy(() -> rule(until(always, "soon")))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining("metadata.endomesh.faults_until: 'soon' (expected: a time of UTC");
  }

  @Test
  void translate_faultOfATest_saysWhoseItIs() throws Exception {
    Route always = fault(HTTPFault.newBuilder().setAbort(abort(503)));

    assertThat(rule(always).policy().fault().decidedBy("Service/shop/orders"))
        .isEqualTo("Service/shop/orders");
    assertThat(
            rule(with(always, "faults_by", "FaultTest/shop/1"))
                .policy()
                .fault()
                .decidedBy("Service/shop/orders"))
        .isEqualTo("FaultTest/shop/1");
  }

  private static Route until(Route route, String time) {
    return with(route, "faults_until", time);
  }

  private static Route with(Route route, String name, String text) {
    Struct metadata =
        Struct.newBuilder()
            .putFields(name, Value.newBuilder().setStringValue(text).build())
            .build();
    return route.toBuilder()
        .setMetadata(Metadata.newBuilder().putFilterMetadata("endomesh", metadata))
        .build();
  }

  @Test
  void translate_pseudoHeaders_areMatchedAsHeaders() throws Exception {
    RouteMatch.Builder match = RouteMatch.newBuilder().setPrefix("/");
    for (String name : List.of(":method", ":authority", ":scheme", ":path")) {
      match.addHeaders(HeaderMatcher.newBuilder().setName(name).setPrefixMatch("a"));
    }
    assertThat(rule(route(match, RouteAction.newBuilder())).match().headers())
        .extracting(io.endomesh.dataplane.route.RouteMatch.HeaderMatch::name)
        .containsExactly(":method", ":authority", ":scheme", ":path");
    match.addHeaders(HeaderMatcher.newBuilder().setName(":status").setPrefixMatch("a"));
    assertThatThrownBy(() -> rule(route(match, RouteAction.newBuilder())))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining("headers[:status] (expected: a header, :method");
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
}
