package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.registry.Workload;
import org.junit.jupiter.api.Test;

class DraftsTest {

  private static final String ONLY_V2 =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: orders, namespace: shop}
      spec: {selector: {app: orders, version: v2}, ports: [{port: 80, targetPort: 8081}]}
      """;

  private static final String ONLY_V1 =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: orders-v1, namespace: shop}
      spec: {selector: {app: orders, version: v1}}
      """;

  /** The Service of its own name selects only others of it. */
  @Test
  void draft_thatSelectsAWorkloadThatNobodySelected_findsIt() throws Exception {
    MeshModel now =
        new Models()
            .workload("orders", "orders-1", "v1", 8080)
            .workload("orders", "orders-2", "v2", 8081)
            .apply(ONLY_V2)
            .model();

    MeshService drafted =
        Drafts.over(now, ResourceParser.parseAll(ONLY_V1))
            .service(new ServiceKey("shop", "orders-v1"));

    assertThat(drafted).isNotNull();
    assertThat(drafted.workloads()).extracting(Workload::instance).containsExactly("orders-1");
    assertThat(drafted.ports()).as("those it bound").containsExactly(new ServicePort(8080, 8080));
  }

  @Test
  void draft_ofAnotherKind_leavesServicesAsTheyAre() throws Exception {
    MeshModel now = new Models().workload("orders", "orders-2", "v2", 8081).apply(ONLY_V2).model();

    MeshModel draft =
        Drafts.over(
            now,
            ResourceParser.parseAll(
                """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: d, namespace: shop}
                spec: {host: orders}
                """));

    assertThat(draft.services()).containsExactlyElementsOf(now.services());
  }
}
