package io.endomesh.controller.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.controller.translate.MeshService;
import io.endomesh.controller.translate.ServiceKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AttachmentsTest {

  private static final String RESOURCES =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: root, namespace: shop}
      spec: {hosts: [orders], http: [{delegate: {name: part, namespace: carts}}]}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: part, namespace: carts}
      spec: {http: [{route: [{destination: {host: cart}}]}]}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: part, namespace: elsewhere}
      spec: {http: [{route: [{destination: {host: cart}}]}]}
      """;

  @Test
  void delegate_isAttachedToTheServicesOfThoseThatDelegateToIt() throws Exception {
    Attachments attachments = attachments(RESOURCES);

    assertThat(attachments.of(service("orders")))
        .extracting(key -> key.namespace() + "/" + key.name())
        .containsExactlyInAnyOrder("shop/root", "carts/part");
    assertThat(attachments.of(service("payments"))).isEmpty();
  }

  @Test
  void modifier_isAttachedToTheServicesOfTheRoutesThatNameIt() throws Exception {
    Attachments attachments =
        attachments(
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: route, namespace: shop}
            spec:
              parentRefs: [{group: "", kind: Service, name: orders}]
              rules:
                - filters:
                    - type: ExtensionRef
                      extensionRef: {group: endomesh.io, kind: QueryParameterModifier, name: beta}
            ---
            apiVersion: endomesh.io/v1
            kind: QueryParameterModifier
            metadata: {name: beta, namespace: shop}
            spec: {remove: [a]}
            ---
            apiVersion: endomesh.io/v1
            kind: QueryParameterModifier
            metadata: {name: beta, namespace: carts}
            spec: {remove: [a]}
            ---
            apiVersion: endomesh.io/v1
            kind: QueryParameterModifier
            metadata: {name: other, namespace: shop}
            spec: {remove: [a]}
            """);

    assertThat(attachments.of(service("orders")))
        .extracting(key -> key.namespace() + "/" + key.name())
        .containsExactlyInAnyOrder("shop/route", "shop/beta");
    assertThat(attachments.of(service("payments"))).isEmpty();
  }

  private static Attachments attachments(String yaml) throws Exception {
    TreeMap<ResourceKey, StoredResource> stored = new TreeMap<>();
    for (Map<?, ?> document : ResourceParser.documents(yaml)) {
      ParsedResource parsed = ResourceParser.parse(document);
      stored.put(
          parsed.key(),
          new StoredResource(parsed.key(), 1, parsed.body(), Instant.EPOCH, Instant.EPOCH));
    }
    return new Attachments(new Resources(1, stored));
  }

  private static MeshService service(String name) {
    return new MeshService(
        new ServiceKey("shop", name), false, Map.of(), List.of(), List.of(), List.of());
  }
}
