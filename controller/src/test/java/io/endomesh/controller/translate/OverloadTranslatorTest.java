package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.ResourceParser;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverloadTranslatorTest {

  private static final String POLICY =
      """
      apiVersion: endomesh.io/v1
      kind: OverloadPolicy
      metadata: {name: orders, namespace: shop}
      spec:
        targetRefs: [{group: "", kind: Service, name: orders}]
        concurrency: {min: 4, max: 200}
        urgency:
          header: Priority
          callers:
            - {namespace: shop, service: checkout, urgency: 1}
            - {namespace: batch, urgency: 7}
      """;

  private final Models mesh = new Models();

  @Test
  void policy_isAFilterOfItsName_afterTheLimits() throws Exception {
    mesh.apply(POLICY);

    List<HttpFilter> filters = filters(listener("orders"));

    assertThat(filters.stream().map(HttpFilter::getName))
        .containsExactly("OverloadPolicy/shop/orders", "envoy.filters.http.router");
    assertThat(filters.get(0).getTypedConfig().unpack(AdaptiveConcurrency.class).toString())
        .isEqualTo(
            """
            gradient_controller_config {
              concurrency_limit_params {
                max_concurrency_limit {
                  value: 200
                }
                concurrency_update_interval {
                  nanos: 100000000
                }
              }
              min_rtt_calc_params {
                interval {
                  seconds: 60
                }
                min_concurrency {
                  value: 4
                }
              }
            }
            """);
  }

  @Test
  void urgency_forWhichEnvoyHasNoWord_isMetadataOfTheListener() throws Exception {
    mesh.apply(POLICY);

    var urgency =
        listener("orders")
            .getMetadata()
            .getFilterMetadataOrThrow("endomesh")
            .getFieldsOrThrow("urgency")
            .getStructValue();

    assertThat(urgency.getFieldsOrThrow("header").getStringValue()).isEqualTo("priority");
    assertThat(
            urgency.getFieldsOrThrow("callers").getListValue().getValuesList().stream()
                .map(value -> value.getStructValue().getFieldsMap())
                .map(
                    caller ->
                        caller.get("identity").getStringValue()
                            + " "
                            + caller.get("urgency").getNumberValue()))
        .containsExactly(
            "spiffe://endomesh.local/ns/shop/sa/checkout 1.0",
            "spiffe://endomesh.local/ns/batch/ 7.0");
  }

  @Test
  void policy_ofAnotherService_orYoungerThanAnother_doesNotCount() throws Exception {
    mesh.apply(POLICY).apply(POLICY.replace("{name: orders, namespace", "{name: a, namespace"));

    assertThat(filters(listener("orders"))).hasSize(2);
    assertThat(filters(listener("payments"))).hasSize(1);
    assertThat(listener("payments").hasMetadata()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{min: 4, max: 200} | {min: 4, max: 3} | spec.concurrency.max: 3 (expected: at least min,"
            + " 4)",
        "{min: 4, max: 200} | {min: 0} | spec.concurrency.min: 0 (expected: a number from 1 to"
            + " 100000)",
        "{min: 4, max: 200} | {limit: 4} | spec.concurrency.limit: unknown field",
        "urgency: 7 | urgency: 8 | spec.urgency.callers[1].urgency: 8 (expected: a number from 0 to"
            + " 7)",
        "{namespace: batch, | { | spec.urgency.callers[1].namespace: absent",
        "header: Priority | header: '' | spec.urgency.header: '' (expected: the name of a header)",
      })
  void parse_invalid_saysWhere(String good, String bad, String problem) throws Exception {
    var document = ResourceParser.documents(POLICY.replace(good, bad)).get(0);
    assertThatThrownBy(() -> ResourceParser.parse(document))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining("OverloadPolicy shop/orders: " + problem);
  }

  private Listener listener(String service) {
    Scope scope = new Scope("shop", Map.of("app", service), Scope.Dialect.AGENT);
    return Objects.requireNonNull(
        InboundTranslator.listener(mesh.model(), "endomesh/inbound/8080", scope));
  }

  private static List<HttpFilter> filters(Listener listener) throws Exception {
    return listener
        .getFilterChains(0)
        .getFilters(0)
        .getTypedConfig()
        .unpack(HttpConnectionManager.class)
        .getHttpFiltersList();
  }
}
