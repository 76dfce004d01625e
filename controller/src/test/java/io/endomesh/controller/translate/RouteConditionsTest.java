package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.translate.RouteConditions.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What resources for the same service are told of each other. */
class RouteConditionsTest {

  private static final String HTTP_ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: http, namespace: shop}
      spec:
        parentRefs: [{kind: Service, group: "", name: orders}]
        rules: [{backendRefs: [{name: orders}]}]
      """;

  private static final String VIRTUAL_SERVICE =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: virtual, namespace: shop}
      spec: {hosts: [orders], http: [{route: [{destination: {host: orders}}]}]}
      """;

  private static final String POLICY =
      """
      apiVersion: gateway.networking.x-k8s.io/v1alpha1
      kind: XBackendTrafficPolicy
      metadata: {name: %s, namespace: shop}
      spec: {targetRefs: [{group: "", kind: Service, name: %s}], retryConstraint: {}}
      """;

  private static final String OWN_POLICY =
      """
      apiVersion: endomesh.io/v1
      kind: %s
      metadata: {name: virtual, namespace: shop}
      spec:
        targetRefs: [{group: "", kind: Service, name: orders}]
      """;

  private final List<MeshResource> oldestFirst = new ArrayList<>();

  @Test
  void httpRoute_besideAGrpcRouteOfTheSamePort_isNotAccepted() throws Exception {
    MeshResource http = apply(HTTP_ROUTE);
    apply(
        HTTP_ROUTE
            .replace("HTTPRoute", "GRPCRoute")
            .replace("name: http", "name: grpc")
            .replace("name: orders}]\n", "name: orders, port: 8080}]\n"));

    assertThat(accepted(http))
        .isEqualTo(
            new Condition(
                "Accepted",
                false,
                "Conflicted",
                "orders.shop: GRPCRoute shop/grpc counts there; this has no effect there until that"
                    + " is deleted"));
    assertThat(accepted(oldestFirst.get(1)).status()).isTrue();
  }

  @Test
  void grpcRoute_ofAnotherPort_doesNotConflict() throws Exception {
    MeshResource http = apply(HTTP_ROUTE.replace("name: orders}]\n", "name: orders, port: 80}]\n"));
    apply(
        HTTP_ROUTE
            .replace("HTTPRoute", "GRPCRoute")
            .replace("name: orders}]\n", "name: orders, port: 81}]\n"));

    assertThat(accepted(http).status()).isTrue();
  }

  @Test
  void virtualService_besideARoute_isToldWhoCounts_olderOrNot() throws Exception {
    MeshResource virtual = apply(VIRTUAL_SERVICE);
    assertThat(accepted(virtual).status()).isTrue();

    apply(HTTP_ROUTE);

    assertThat(accepted(virtual).reason()).isEqualTo("Conflicted");
    assertThat(accepted(virtual).message()).startsWith("orders.shop: HTTPRoute shop/http counts");
  }

  @Test
  void virtualService_thatLosesOneOfItsHosts_isEffectiveInPart() throws Exception {
    MeshResource virtual =
        apply(VIRTUAL_SERVICE.replace("hosts: [orders]", "hosts: [orders, payments]"));
    apply(HTTP_ROUTE);

    assertThat(accepted(virtual).status()).isTrue();
    assertThat(conditions(virtual))
        .filteredOn(condition -> !condition.status())
        .singleElement()
        .satisfies(condition -> assertThat(condition.type()).isEqualTo("Effective"))
        .satisfies(
            condition -> assertThat(condition.message()).startsWith("orders.shop: HTTPRoute"));
  }

  @Test
  void virtualService_ofAnotherNamespace_isNotTouchedByOneOfTheService() throws Exception {
    MeshResource theirs =
        apply(
            VIRTUAL_SERVICE
                .replace("namespace: shop", "namespace: web")
                .replace("orders", "orders.shop"));
    apply(VIRTUAL_SERVICE);

    assertThat(accepted(theirs).status()).isTrue();
  }

  @Test
  void virtualService_leadingToASubsetThatNobodyDefines_isUnresolved() throws Exception {
    MeshResource virtual =
        apply(
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: virtual, namespace: shop}
            spec:
              hosts: [orders]
              http: [{route: [{destination: {host: orders, subset: v2}}]}]
            """);
    assertThat(conditions(virtual).get(1).reason()).isEqualTo("SubsetNotFound");
    assertThat(conditions(virtual).get(1).message())
        .startsWith("route: no subset v2 of orders.shop");

    apply(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: orders, namespace: shop}
        spec: {host: orders, subsets: [{name: v2, labels: {version: v2}}]}
        """);

    assertThat(conditions(virtual).get(1).status()).isTrue();
  }

  @Test
  void httpRoute_namingAModifierThatThereIsNot_isUnresolved() throws Exception {
    MeshResource route =
        apply(
            HTTP_ROUTE.replace(
                "backendRefs:",
                "filters: [{type: ExtensionRef, extensionRef: {group: endomesh.io, kind:"
                    + " QueryParameterModifier, name: beta}}], backendRefs:"));
    String modifier =
        """
        apiVersion: endomesh.io/v1
        kind: QueryParameterModifier
        metadata: {name: beta, namespace: %s}
        spec: {remove: [debug]}
        """;
    apply(modifier.formatted("carts"));
    assertThat(conditions(route).get(1))
        .isEqualTo(
            new Condition(
                "ResolvedRefs",
                false,
                "BackendNotFound",
                "filters: no QueryParameterModifier shop/beta (expected: one of the route's"
                    + " namespace); calls of the rules that name it are answered with 500 until it"
                    + " is applied"));

    apply(modifier.formatted("shop"));

    assertThat(conditions(route)).extracting(Condition::status).containsExactly(true, true);
  }

  @Test
  void virtualService_forAnExternalHost_isAcceptedIfItsCallsCanBeLed() throws Exception {
    MeshResource virtual = apply(VIRTUAL_SERVICE.replace("orders", "api.example.com"));
    assertThat(accepted(virtual).reason()).isEqualTo("NoMatchingParent");
    assertThat(accepted(virtual).message()).contains("no ServiceEntry of api.example.com");

    String entry =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: partner, namespace: other}
        spec: {hosts: [api.example.com], resolution: %s, ports: [%s]}
        """;
    apply(entry.formatted("NONE", "{number: 80, protocol: HTTP}"));
    assertThat(accepted(virtual).reason()).isEqualTo("UnsupportedValue");
    assertThat(accepted(virtual).message()).contains("other/partner has resolution NONE");

    oldestFirst.remove(1);
    apply(entry.formatted("DNS", "{number: 5432}"));
    assertThat(accepted(virtual).message()).contains("no port of a protocol of HTTP");

    oldestFirst.remove(1);
    apply(entry.formatted("DNS", "{number: 80, protocol: HTTP}, {number: 5432}"));
    assertThat(accepted(virtual).status()).isTrue();
    assertThat(conditions(virtual))
        .filteredOn(condition -> condition.type().equals("Effective"))
        .singleElement()
        .satisfies(partly -> assertThat(partly.message()).contains("port 5432 is of protocol TCP"));
  }

  @Test
  void timeoutOfAnAttempt_forADatabase_isToldThatItHasNoEffect() throws Exception {
    MeshResource virtual =
        apply(
            VIRTUAL_SERVICE.replace(
                "http: [{route", "http: [{retries: {attempts: 1, perTryTimeout: 1s}, route"));
    MeshResource http =
        apply(HTTP_ROUTE.replace("rules: [{", "rules: [{timeouts: {backendRequest: 1s}, "));
    MeshResource plain = apply(VIRTUAL_SERVICE.replace("name: virtual", "name: plain"));
    assertThat(conditions(http)).noneMatch(condition -> condition.type().equals("Effective"));
    apply(
        """
        apiVersion: endomesh.io/v1
        kind: DatabasePolicy
        metadata: {name: db, namespace: shop}
        spec:
          targetRefs: [{group: "", kind: Service, name: orders}]
          statements: {timeout: 1s}
        """);

    for (MeshResource route : List.of(virtual, http)) {
      assertThat(conditions(route))
          .filteredOn(condition -> condition.reason().equals("UnsupportedValue"))
          .singleElement()
          .extracting(Condition::message)
          .asString()
          .contains("orders.shop is a database, of DatabasePolicy shop/db");
    }
    assertThat(conditions(plain))
        .noneMatch(condition -> condition.reason().equals("UnsupportedValue"));
  }

  @Test
  void twoOfAKind_theYoungerIsToldOfTheOlder() throws Exception {
    for (String yaml :
        List.of(
            VIRTUAL_SERVICE,
            "apiVersion: networking.istio.io/v1\nkind: DestinationRule\n"
                + "metadata: {name: virtual, namespace: shop}\nspec: {host: orders}\n",
            POLICY.formatted("virtual", "orders"),
            OWN_POLICY.formatted("ResiliencePolicy") + "  breaker: {}\n",
            OWN_POLICY.formatted("OverloadPolicy"))) {
      oldestFirst.clear();
      MeshResource older = apply(yaml);
      MeshResource younger = apply(yaml.replace("name: virtual", "name: another"));

      assertThat(accepted(older).status()).as(yaml).isTrue();
      assertThat(accepted(younger).reason()).as(yaml).isEqualTo("Conflicted");
      assertThat(accepted(younger).message()).as(yaml).contains("shop/virtual counts there");
    }
  }

  @Test
  void backendTrafficPolicy_forAServiceNobodyKnows_hasNoTarget() throws Exception {
    assertThat(accepted(apply(POLICY.formatted("p", "nobody"))).reason())
        .isEqualTo("TargetNotFound");
  }

  @Test
  void destinationRule_whoseRetryBudgetIsSaidElsewhere_isToldSo() throws Exception {
    MeshResource rule =
        apply(
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: rule, namespace: shop}
            spec: {host: orders, trafficPolicy: {retryBudget: {percent: 5}}}
            """);
    apply(POLICY.formatted("p", "orders"));

    assertThat(conditions(rule))
        .extracting(Condition::type, Condition::reason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("Accepted", "Accepted"),
            org.assertj.core.groups.Tuple.tuple("Effective", "Overridden"));
    assertThat(conditions(rule).get(1).message()).contains("XBackendTrafficPolicy shop/p");
  }

  private MeshResource apply(String yaml) throws Exception {
    Map<?, ?> document = ResourceParser.documents(yaml).get(0);
    MeshResource resource = ResourceParser.parse(document).resource();
    oldestFirst.add(resource);
    return resource;
  }

  private Condition accepted(MeshResource resource) {
    Condition first = conditions(resource).get(0);
    assertThat(first.type()).isEqualTo("Accepted");
    return first;
  }

  private List<Condition> conditions(MeshResource resource) {
    Set<String> known = Set.of("orders.shop", "payments.shop");
    return RouteConditions.of(
        resource,
        new Applied(
            service -> known.contains(service.toString()),
            new ReferenceGrants(List.of()),
            oldestFirst));
  }
}
