package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.ResourceParser;
import io.envoyproxy.envoy.config.core.v3.KeyValueMutation;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** QueryParameterModifiers, and the rules that name them. */
class QueryModifiersTest {

  private static final String FILTER = "envoy.filters.http.header_mutation";

  private static final String MODIFIERS =
      """
      apiVersion: endomesh.io/v1
      kind: QueryParameterModifier
      metadata: {name: one, namespace: shop}
      spec:
        set: [{name: s, value: 100%}]
        add: [{name: a, value: b}]
        remove: [r]
      ---
      apiVersion: endomesh.io/v1
      kind: QueryParameterModifier
      metadata: {name: two, namespace: shop}
      spec: {remove: [q]}
      ---
      """;

  private static final String ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: r, namespace: shop}
      spec:
        parentRefs: [{kind: Service, group: "", name: orders}]
        rules:
        - filters:
          - type: ExtensionRef
            extensionRef: {group: endomesh.io, kind: QueryParameterModifier, name: two}
          - type: ExtensionRef
            extensionRef: {group: endomesh.io, kind: QueryParameterModifier, name: one}
          sessionPersistence: {sessionName: sid}
      """;

  private final Models mesh = new Models().workload("orders", "orders-1", "v1", 8080);

  @Test
  void modifiers_ofARule_becomeMutationsInItsOrder() throws Exception {
    mesh.apply(MODIFIERS + ROUTE);

    assertThat(
            route(Models.AGENT)
                .getTypedPerFilterConfigOrThrow(FILTER)
                .unpack(HeaderMutationPerRoute.class)
                .getMutations()
                .getQueryParameterMutationsList())
        .extracting(QueryModifiersTest::text)
        .containsExactly(
            "remove q",
            "remove r",
            "OVERWRITE_IF_EXISTS_OR_ADD s=100%%",
            "APPEND_IF_EXISTS_OR_ADD a=b");
  }

  @Test
  void modifiers_areNotForClientsOfGrpc_whichRejectTheFilter() throws Exception {
    mesh.apply(MODIFIERS + ROUTE);

    assertThat(route(Models.GRPC).getTypedPerFilterConfigMap()).isEmpty();
    assertThat(route(Models.GRPC).hasRoute()).isTrue();
  }

  @Test
  void modifier_thatThereIsNot_hasTheRuleAnswerWith500() throws Exception {
    mesh.apply(MODIFIERS.replace("name: one, namespace: shop", "name: one, namespace: carts"));
    mesh.apply(ROUTE);

    for (Scope caller : List.of(Models.AGENT, Models.GRPC)) {
      Route route = route(caller);
      assertThat(route.getDirectResponse().getStatus()).isEqualTo(500);
      assertThat(route.getDirectResponse().getBody().getInlineString())
          .isEqualTo(
              "HTTPRoute/shop/r rule 0 names QueryParameterModifier shop/one, which there is not");
      assertThat(route.getTypedPerFilterConfigMap()).isEmpty();
    }
  }

  @Test
  void modifier_besideARedirect_isWarnedOf() throws Exception {
    String redirect =
        ROUTE
            .replace("sessionPersistence: {sessionName: sid}", "")
            .replace(
                "filters:\n",
                "filters:\n    - {type: RequestRedirect, requestRedirect: {port: 1}}\n");
    Map<?, ?> document = ResourceParser.documents(redirect).get(0);

    assertThat(ResourceParser.parse(document).warnings())
        .containsExactly(
            "spec.rules[0].filters: ExtensionRef has no effect beside a RequestRedirect");
    mesh.apply(MODIFIERS + redirect);
    assertThat(route(Models.AGENT).hasRedirect()).isTrue();
    assertThat(route(Models.AGENT).getTypedPerFilterConfigMap()).isEmpty();
  }

  private Route route(Scope caller) {
    return Objects.requireNonNull(RouteTable.of(mesh.model(), "orders.shop:8080", caller))
        .getVirtualHosts(0)
        .getRoutes(0);
  }

  private static String text(KeyValueMutation mutation) {
    return mutation.hasAppend()
        ? mutation.getAppend().getAction()
            + " "
            + mutation.getAppend().getRecord().getKey()
            + "="
            + mutation.getAppend().getRecord().getValue().getStringValue()
        : "remove " + mutation.getRemove();
  }
}
