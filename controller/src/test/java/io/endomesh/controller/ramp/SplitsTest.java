package io.endomesh.controller.ramp;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.StoredResource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitsTest {

  private static final String VIRTUAL =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: orders, namespace: shop}
      spec:
        hosts: [orders]
        http:
        - match: [{uri: {prefix: /cart}, headers: {x-beta: {exact: "yes"}}}]
          route: [{destination: {host: orders, subset: v2}}]
        - timeout: 3s
          route:
          - {destination: {host: orders, subset: v1}, weight: 95}
          - {destination: {host: orders, subset: v2}, weight: 5}
          - {destination: {host: legacy.other}}
      """;

  private static final String SMI =
      """
      apiVersion: split.smi-spec.io/v1alpha4
      kind: TrafficSplit
      metadata: {name: canary, namespace: shop}
      spec:
        service: orders
        backends: [{service: orders-v1, weight: 3}, {service: orders-v2, weight: 1}]
      """;

  private static final String MATCHED =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: carts, namespace: shop}
      spec:
        parentRefs: [{group: "", kind: Service, name: orders}]
        rules:
        - matches: [{path: {type: PathPrefix, value: /cart}, method: GET}, {headers: [{name: x-beta, value: "yes"}]}]
          backendRefs: [{name: orders, port: 8080}, {name: orders, namespace: lab, port: 8080, weight: 3}]
        - backendRefs: [{name: orders-v1}]
      """;

  @TempDir Path directory;
  private Mesh mesh;

  @BeforeEach
  void open() throws Exception {
    mesh = new Mesh(directory);
    mesh.apply("anna", Mesh.SERVICES);
  }

  @AfterEach
  void close() {
    mesh.close();
  }

  @Test
  void virtualService_rulesWithTwoSides_areSplitsByClusters() throws Exception {
    mesh.apply("anna", VIRTUAL);

    Split split = mesh.splits().get(0);

    assertThat(mesh.splits()).hasSize(1);
    assertThat(split.rule()).isEqualTo(1);
    assertThat(split.counts()).isTrue();
    assertThat(split.names()).containsExactly("v1", "v2", "legacy");
    assertThat(split.written()).containsExactly(95, 5, null);
    assertThat(split.share(1)).isEqualTo(0.05);
    assertThat(split.backends().get(1).isCluster("outbound|8080|v2|orders.shop")).isTrue();
    assertThat(split.backends().get(1).isCluster("outbound|8080||orders.shop")).isFalse();
    assertThat(split.backends().get(2).isCluster("outbound|80||legacy.other")).isTrue();
  }

  @Test
  void httpRoute_matchesAndEqualNames_areToldApart() throws Exception {
    mesh.apply("anna", MATCHED);

    Split split = mesh.splits().get(0);

    assertThat(split.matches())
        .isEqualTo("path PathPrefix /cart method GET, or headers x-beta yes");
    assertThat(split.names()).containsExactly("orders.shop", "orders.lab");
    assertThat(split.written()).containsExactly(null, 3);
    assertThat(split.share(1)).isEqualTo(0.75);
  }

  @Test
  void trafficSplit_besideARoute_doesNotCount() throws Exception {
    mesh.apply("anna", SMI);
    assertThat(mesh.splits()).extracting(Split::counts).containsExactly(true);

    mesh.apply("anna", Mesh.ROUTE);
    assertThat(mesh.splits())
        .extracting(one -> one.resource().kind() + " " + one.counts())
        .containsExactly("HTTPRoute true", "TrafficSplit false");
  }

  @Test
  void consumerRoute_countsForItsOwnNamespace() throws Exception {
    mesh.apply("anna", Mesh.ROUTE);
    mesh.apply(
        "anna",
        Mesh.ROUTE
            .replace("namespace: shop}", "namespace: web}")
            .replace("name: orders}]", "name: orders, namespace: shop}]"));

    assertThat(mesh.splits())
        .extracting(one -> one.resource().namespace() + " " + one.counts())
        .containsExactlyInAnyOrder("shop true", "web true");
  }

  @Test
  void withWeights_changesThemAndNothingElse() throws Exception {
    mesh.apply("anna", VIRTUAL);
    ResourceKey key = new ResourceKey("VirtualService", "shop", "orders");
    StoredResource stored = mesh.store.resources().find(key).orElseThrow();

    String changed = Splits.withWeights(stored, 1, Arrays.asList(50, 50, null)).body();

    assertThat(changed)
        .isEqualTo(
            stored
                .body()
                .replace("\"weight\":95", "\"weight\":50")
                .replace("\"weight\":5}", "\"weight\":50}"));
    assertThat(Splits.withWeights(stored, 1, List.of(50, 49, 1)).body())
        .contains("\"legacy.other\"},\"weight\":1}");
  }

  @Test
  void weights_othersShareTheRestAsTheyDid() throws Exception {
    mesh.apply("anna", SMI);
    Split two = mesh.splits().get(0);
    assertThat(two.weights(1, 40)).containsExactly(60, 40);
    assertThat(two.weights(1, 100)).containsExactly(0, 100);

    Split four =
        new Split(
            two.resource(),
            1,
            0,
            "",
            true,
            "",
            List.of(side("a", 2), side("b", 1), side("c", 0), side("d", 0)));
    assertThat(four.weights(3, 10)).containsExactly(60, 30, 0, 10);
    assertThat(four.weights(3, 1)).containsExactly(66, 33, 0, 1);
    assertThat(four.weights(3, 99)).satisfies(weights -> assertThat(weights.get(1)).isPositive());
    assertThat(four.weights(3, 100)).containsExactly(0, 0, 0, 100);
  }

  private static Backend side(String name, int weight) {
    return new Backend(name, name + ".shop", null, weight, weight);
  }
}
