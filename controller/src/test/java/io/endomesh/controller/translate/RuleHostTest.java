package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.translate.RouteConditions.Condition;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the host of a DestinationRule means: a service, or a host of a ServiceEntry. */
class RuleHostTest {

  private final Models mesh =
      new Models().workload("orders", "orders-1", "v1", 8080).workload("db", "db-1", "v1", 5432);

  @ParameterizedTest
  @ValueSource(strings = {"warehouse", "example.com", "api.partner.example"})
  void host_ofAServiceEntry_isThatHost(String host) throws Exception {
    mesh.apply(entry("shop", host)).apply(rule("shop", host));

    assertThat(policy("outbound|80||" + host)).isEqualTo("DestinationRule/shop/rule");
    assertThat(conditions("shop")).allMatch(Condition::status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders", "orders.shop", "orders.shop.svc.cluster.local"})
  void host_ofAService_isFoundByItsNames(String host) throws Exception {
    mesh.apply(rule("shop", host));

    assertThat(policy("outbound|8080||orders.shop")).isEqualTo("DestinationRule/shop/rule");
    assertThat(conditions("shop")).allMatch(Condition::status);
  }

  @Test
  void shortHost_thatAnEntryOfAnotherNamespaceHas_isTheServiceOfTheRules() throws Exception {
    mesh.apply(entry("other", "db")).apply(rule("shop", "db"));

    assertThat(policy("outbound|5432||db.shop")).isEqualTo("DestinationRule/shop/rule");
    assertThat(policy("outbound|80||db")).isEmpty();
  }

  @Test
  void twoLabels_thatNoEntryHas_areAServiceOfThatNamespaceAndNotTheRulesToSay() throws Exception {
    mesh.apply(rule("elsewhere", "orders.shop"));
    assertThat(policy("outbound|8080||orders.shop")).isEmpty();
    assertThat(conditions("elsewhere").get(0).reason()).isEqualTo("NotOwner");

    mesh.apply(rule("shop", "orders"));
    assertThat(policy("outbound|8080||orders.shop"))
        .as("a younger one, of the owner")
        .isEqualTo("DestinationRule/shop/rule");
    assertThat(conditions("shop")).allMatch(Condition::status);
  }

  @Test
  void entry_thatComesLater_makesTwoLabelsAnExternalHost() throws Exception {
    mesh.apply(rule("shop", "example.com"));
    assertThat(conditions("shop").get(0).message())
        .startsWith(
            "host: 'example.com' is a service of namespace com (expected: one of namespace");

    mesh.apply(entry("shop", "example.com"));
    assertThat(conditions("shop")).allMatch(Condition::status);
  }

  private static String entry(String namespace, String host) {
    return """
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: entry, namespace: %s}
    spec:
      hosts: [%s]
      ports: [{number: 80, name: http, protocol: HTTP}]
      resolution: STATIC
      endpoints: [{address: 10.0.0.9}]
    """
        .formatted(namespace, host);
  }

  private static String rule(String namespace, String host) {
    return """
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: rule, namespace: %s}
    spec: {host: %s, trafficPolicy: {loadBalancer: {simple: RANDOM}}}
    """
        .formatted(namespace, host);
  }

  /** Which rule the cluster is under; empty if none. */
  private String policy(String cluster) {
    Cluster made =
        Objects.requireNonNull(
            ClusterTranslator.cluster(mesh.model(), cluster, Scope.Dialect.AGENT));
    return made.getMetadata()
        .getFilterMetadataOrDefault(
            ClusterTranslator.METADATA, com.google.protobuf.Struct.getDefaultInstance())
        .getFieldsOrDefault("policy", com.google.protobuf.Value.getDefaultInstance())
        .getStringValue();
  }

  private List<Condition> conditions(String namespace) {
    MeshModel model = mesh.model();
    List<MeshResource> all = model.resources().stream().map(AppliedResource::resource).toList();
    MeshResource rule =
        all.stream()
            .filter(one -> one.metadata().name().equals("rule"))
            .filter(one -> one.metadata().namespace().equals(namespace))
            .findFirst()
            .orElseThrow();
    return RouteConditions.of(
        rule, new Applied(service -> model.service(service) != null, model.grants(), all));
  }
}
