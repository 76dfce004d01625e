package io.endomesh.controller.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.Rate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitPolicyTest {

  private static final String TARGET = "targetRefs: [{kind: Service, name: orders}]";

  @Test
  void parse_defaults_areNoMatchNoKey_andABurstOfTheRequests() throws Exception {
    assertThat(limit("name: all, requests: 5, per: 1m"))
        .isEqualTo(
            new RateLimitPolicy.Limit(
                "all", HttpRoute.Match.ANY, new Rate(5, 60_000_000_000L, 5), new LimitKey.None()));
  }

  @ParameterizedTest
  @CsvSource({
    "none, None[]",
    "caller, Caller[]",
    "{header: X-User}, Header[name=x-user]",
  })
  void parse_key_isAWordOrAHeader(String key, String expected) throws Exception {
    assertThat(limit("name: a, requests: 5, per: 1s, key: " + key).key()).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "limits: []; targetRefs: [] | spec.targetRefs: absent (expected: a Service the policy is"
            + " for)",
        "TARGET; limits: [] | spec.limits: 0 limits (expected: 1 to 16)",
        "targetRefs: [{kind: Gateway, name: g}] | spec.targetRefs[0].kind: 'Gateway' (expected:"
            + " Service)",
        "targetRefs: [{kind: Service, name: g, sectionName: x}] | spec.targetRefs[0].sectionName:"
            + " not supported",
        "targetRefs: [{kind: Service, name: g, namespace: x}] | spec.targetRefs[0].namespace: not"
            + " supported",
        "TARGET; limits: [{requests: 1, per: 1s}] | spec.limits[0].name: absent (expected: a"
            + " string)",
        "TARGET; limits: [{name: A, requests: 1, per: 1s}] | spec.limits[0].name: 'A' (expected:"
            + " lower-case",
        "TARGET; limits: [{name: a, requests: 1, per: 1s}, {name: a, requests: 1, per: 1s}] |"
            + " spec.limits[1].name: 'a' (expected: another than those before)",
        "TARGET; limits: [{name: a, per: 1s}] | spec.limits[0].requests: absent (expected: a number"
            + " from 1 to 1000000)",
        "TARGET; limits: [{name: a, requests: 0, per: 1s}] | spec.limits[0].requests: 0 (expected:"
            + " a number",
        "TARGET; limits: [{name: a, requests: 1}] | spec.limits[0].per: absent (expected: a"
            + " duration from 50ms, such as 1s)",
        "TARGET; limits: [{name: a, requests: 1, per: 49ms}] | spec.limits[0].per: '49ms'"
            + " (expected: a duration from 50ms",
        "TARGET; limits: [{name: a, requests: 1, per: 1d}] | spec.limits[0].per: '1d' (expected: a"
            + " duration such as",
        "TARGET; limits: [{name: a, requests: 1, per: 99999h, burst: 1000000}] |"
            + " spec.limits[0].burst: a burst of 1000000",
        "TARGET; limits: [{name: a, requests: 1, per: 1s, key: user}] | spec.limits[0].key: 'user'"
            + " (expected: none, caller)",
        "TARGET; limits: [{name: a, requests: 1, per: 1s, key: {cookie: c}}] |"
            + " spec.limits[0].key.header: absent (expected: a string)",
        "TARGET; limits: [{name: a, requests: 1, per: 1s, unit: s}] | spec.limits[0].unit: unknown"
            + " field",
        "TARGET; limits: [{name: a, requests: 1, per: 1s, match: {path: {type: RegularExpression,"
            + " value: /a}}}] | spec.limits[0].match.path: RegularExpression '/a' (expected: an"
            + " Exact path or a PathPrefix, without query)",
        "TARGET; limits: [{name: a, requests: 1, per: 1s, match: {path: {value: '/a?b'}}}] |"
            + " spec.limits[0].match.path: PathPrefix '/a?b' (expected:",
        "TARGET; limits: [{name: a, requests: 1, per: 1s, match: {queryParams: []}}] |"
            + " spec.limits[0].match.queryParams: not supported",
        "TARGET; scope: Mesh; limits: [{name: a, requests: 1, per: 1s}] | spec.scope: 'Mesh'"
            + " (expected: Instance, Global)",
        "TARGET; timeout: 20ms; limits: [{name: a, requests: 1, per: 1s}] | spec.timeout: without a"
            + " server to ask (expected: only with scope: Global)",
        "TARGET; failClosed: true; limits: [{name: a, requests: 1, per: 1s}] | spec.failClosed:"
            + " without a server to ask",
        "TARGET; scope: Global; timeout: 2s; limits: [{name: a, requests: 1, per: 1s}] |"
            + " spec.timeout: '2s' (expected: 1ms to 1s; a call waits that long)",
        "TARGET; server: {host: a, port: 1}; limits: [{name: a, requests: 1, per: 1s}] |"
            + " spec.server: without a server to ask (expected: only with scope: Global)",
        "TARGET; scope: Global; failClosed: 1; limits: [{name: a, requests: 1, per: 1s}] |"
            + " spec.failClosed: 1 (expected: true or false)",
        "TARGET; limits: [{name: a, requests: 1, per: 1s, match: {method: post}}] |"
            + " spec.limits[0].match.method: 'post' (expected: an HTTP method in upper case)",
      })
  void parse_invalid_saysWhere(String fields, String problem) {
    String spec = fields.replace("TARGET", TARGET).replace("; ", "\n  ");
    assertThatThrownBy(() -> parse(spec))
        .hasMessageContaining("RateLimitPolicy shop/orders: " + problem);
  }

  @Test
  void parse_global_hasEnvoysDefaults() throws Exception {
    String limits = "\n  limits: [{name: a, requests: 1, per: 1s}]";
    assertThat(parse(TARGET + limits).global()).isNull();
    assertThat(parse(TARGET + "\n  scope: Instance" + limits).global()).isNull();
    assertThat(parse(TARGET + "\n  scope: Global" + limits).global())
        .isEqualTo(new RateLimitPolicy.Global(20_000_000, false, null));
    assertThat(
            parse(TARGET + "\n  scope: Global\n  timeout: 5ms\n  failClosed: true" + limits)
                .global())
        .isEqualTo(new RateLimitPolicy.Global(5_000_000, true, null));
  }

  @Test
  void parse_server_isAskedInTheDomainOfThePolicy_andKnowsTheRates() throws Exception {
    RateLimitPolicy policy = parse(askingServer("host: RateLimit.infra, port: 8081"));
    assertThat(policy.global())
        .isEqualTo(
            new RateLimitPolicy.Global(
                20_000_000,
                false,
                new RateLimitPolicy.Server(
                    "ratelimit.infra", 8081, "RateLimitPolicy/shop/orders")));
    assertThat(policy.limits().get(0).rate()).isNull();
    assertThat(
            parse(askingServer("host: limits, port: 1, domain: 'shop:a'"))
                .global()
                .server()
                .domain())
        .isEqualTo("shop:a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "port: 8081 | spec.server.host: absent (expected: a string)",
        "host: 'a b', port: 1 | spec.server.host: 'a b' (expected: a service, or a host of a"
            + " ServiceEntry)",
        "host: a | spec.server.port: absent (expected: a number from 1 to 65535)",
        "host: a, port: 0 | spec.server.port: 0 (expected: a number from 1 to 65535)",
        "host: a, port: 1, domain: 'a b' | spec.server.domain: 'a b' (expected: 1 to 253",
        "host: a, port: 1, domain: '' | spec.server.domain: '' (expected: 1 to 253",
        "host: a, port: 1, path: x | spec.server.path: ",
      })
  void parse_invalidServer_saysWhere(String server, String problem) {
    assertThatThrownBy(() -> parse(askingServer(server)))
        .hasMessageContaining("RateLimitPolicy shop/orders: " + problem);
  }

  @ParameterizedTest
  @CsvSource({"requests", "burst"})
  void parse_rateBesideServer_isRefused_becauseTheServerSaysIt(String field) {
    String spec = askingServer("host: a, port: 1").replace("name: a", "name: a, " + field + ": 5");
    assertThatThrownBy(() -> parse(spec))
        .hasMessageContaining(
            "spec.limits[0]."
                + field
                + ": beside server (expected: absent; the configuration of that server says it)");
  }

  private static String askingServer(String server) {
    return TARGET + "\n  scope: Global\n  server: {" + server + "}\n  limits: [{name: a}]";
  }

  private static RateLimitPolicy.Limit limit(String fields) throws InvalidResourceException {
    return parse(TARGET + "\n  limits: [{" + fields + "}]").limits().get(0);
  }

  private static RateLimitPolicy parse(String spec) throws InvalidResourceException {
    String yaml =
        """
        apiVersion: endomesh.io/v1
        kind: RateLimitPolicy
        metadata: {name: orders, namespace: shop}
        spec:
        """
            + "  "
            + spec
            + "\n";
    return (RateLimitPolicy) ResourceParser.parse(ResourceParser.documents(yaml).get(0)).resource();
  }
}
