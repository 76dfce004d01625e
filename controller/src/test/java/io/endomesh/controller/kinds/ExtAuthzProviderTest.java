package io.endomesh.controller.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExtAuthzProviderTest {

  private static final String SERVER = "service: opa.infra, port: 9191";

  @Test
  void parse_defaults_areEnvoys_andItFailsClosed() throws Exception {
    ExtAuthzProvider provider = parse(SERVER);

    assertThat(provider.service()).isEqualTo("opa.infra");
    assertThat(provider.port()).isEqualTo(9191);
    assertThat(provider.timeoutNanos()).isEqualTo(200_000_000);
    assertThat(provider.failOpen()).isFalse();
    assertThat(provider.statusOnError()).isEqualTo(403);
    assertThat(provider.headers()).isNull();
  }

  @Test
  void parse_statusOnError_isTextAsInIstio_orANumber() throws Exception {
    assertThat(parse(SERVER + ", statusOnError: '503'").statusOnError()).isEqualTo(503);
    assertThat(parse(SERVER + ", statusOnError: 429").statusOnError()).isEqualTo(429);
  }

  @Test
  void parse_headers_areInLowerCase() throws Exception {
    assertThat(parse(SERVER + ", includeRequestHeadersInCheck: [Authorization, X-*]").headers())
        .isEqualTo(List.of("authorization", "x-*"));
    assertThat(parse(SERVER + ", includeRequestHeadersInCheck: []").headers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "port: 1 | spec.service: absent (expected: a string)",
        "service: 'a b', port: 1 | spec.service: 'a b' (expected: a service, or a host of a"
            + " ServiceEntry)",
        "service: opa | spec.port: absent (expected: a number from 1 to 65535)",
        "SERVER, timeout: 2s | spec.timeout: '2s' (expected: 1ms to 1s; a request waits that long)",
        "SERVER, statusOnError: '200' | spec.statusOnError: '200' (expected: 400 to 599)",
        "SERVER, statusOnError: 200 | spec.statusOnError: 200 (expected: a number from 400 to 599)",
        "SERVER, includeRequestHeadersInCheck: ['a*b'] | spec.includeRequestHeadersInCheck[0]:"
            + " 'a*b' (expected: a name, PREFIX*, *SUFFIX or *)",
        "SERVER, includeRequestBodyInCheck: {maxRequestBytes: 1} | spec.includeRequestBodyInCheck:"
            + " not supported",
        "SERVER, pathPrefix: /check | spec.pathPrefix: not supported",
        "SERVER, failopen: true | spec.failopen: unknown field",
      })
  void parse_whatIsNotSo_isRefusedByName(String spec, String message) {
    assertThatThrownBy(() -> parse(spec.replace("SERVER", SERVER)))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | action: CUSTOM | spec.provider: absent",
        "{} | action: CUSTOM, provider: {} | spec.provider.name: absent",
        "{} | action: CUSTOM, provider: {name: opa, x: 1} | spec.provider.x: unknown field",
        "{} | action: DENY, provider: {name: opa} | spec.provider: without action CUSTOM (expected:"
            + " only with it)",
        "{endomesh.io/dry-run: 'true'} | action: CUSTOM, provider: {name: opa} | spec.action:"
            + " CUSTOM in a dry run (expected: ALLOW or DENY)",
        "{istio.io/dry-run: 'true'} | action: CUSTOM, provider: {name: opa} | spec.action: CUSTOM"
            + " in a dry run",
      })
  void policy_thatIsHalf_isRefusedByName(String annotations, String spec, String message) {
    assertThatThrownBy(
            () ->
                ResourceParser.parse(
                    ResourceParser.documents(
                            """
                            apiVersion: security.istio.io/v1
                            kind: AuthorizationPolicy
                            metadata: {name: ask, namespace: shop, annotations: %s}
                            spec: {%s}
                            """
                                .formatted(annotations, spec))
                        .get(0)))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining(message);
  }

  private static ExtAuthzProvider parse(String spec) throws InvalidResourceException {
    return (ExtAuthzProvider)
        ResourceParser.parse(
                ResourceParser.documents(
                        """
                        apiVersion: endomesh.io/v1
                        kind: ExtAuthzProvider
                        metadata: {name: opa, namespace: endomesh-system}
                        spec: {%s}
                        """
                            .formatted(spec))
                    .get(0))
            .resource();
  }
}
