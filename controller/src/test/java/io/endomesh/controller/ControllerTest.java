package io.endomesh.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.translate.ResourceType;
import io.endomesh.dataplane.token.TestIssuer;
import io.endomesh.proto.v1.ControllerMessage;
import io.endomesh.proto.v1.Registration;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole controller, spoken to by real workloads over mutual TLS. */
class ControllerTest {

  private static final String SPLIT =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: orders, namespace: shop}
      spec:
        parentRefs: [{kind: Service, group: "", name: orders}]
        rules:
        - backendRefs:
          - {name: orders, weight: 90}
          - {name: orders-v2, weight: 10}
      """;

  @TempDir Path dataDir;
  private Controller controller;

  @BeforeEach
  void start() throws Exception {
    controller = Controller.start(TestWorkload.patientController(dataDir));
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  @Test
  void delta_knownService_leadsFromListenerToEndpoints() throws Exception {
    try (TestWorkload orders = workload("orders", "orders-1");
        TestWorkload storefront = workload("storefront", "storefront-1")) {
      assertThat(orders.join(Map.of("version", "v1"), 18080)).isInstanceOf(ControllerMessage.class);
      DeltaClient client = new DeltaClient(storefront);

      client.subscribe(ResourceType.LISTENER, "orders");
      DeltaDiscoveryResponse listener = client.found();
      assertThat(listener.getResources(0).getName()).isEqualTo("orders");
      client.ack(listener);
      client.subscribe(ResourceType.ROUTE, "orders.shop:18080");
      RouteConfiguration routes =
          client.found().getResources(0).getResource().unpack(RouteConfiguration.class);
      String cluster = routes.getVirtualHosts(0).getRoutes(0).getRoute().getCluster();
      assertThat(cluster).isEqualTo("outbound|18080||orders.shop");
      client.subscribe(ResourceType.CLUSTER, cluster);
      assertThat(client.found().getResourcesCount()).isEqualTo(1);
      client.subscribe(ResourceType.ENDPOINTS, cluster);
      ClusterLoadAssignment endpoints = endpoints(client.found());
      assertThat(endpoints.toString())
          .contains("address: \"127.0.0.1\"", "port_value: 18080")
          .contains("spiffe://endomesh.local/ns/shop/sa/orders")
          .contains("\"v1\"");
    }
  }

  @Test
  void delta_unknownHost_isRemovedAndComesWhenItJoins() throws Exception {
    try (TestWorkload orders = workload("orders", "orders-1");
        TestWorkload storefront = workload("storefront", "storefront-1")) {
      DeltaClient client = new DeltaClient(storefront);
      client.subscribe(ResourceType.LISTENER, "orders", "www.example.com");
      assertThat(client.response().getRemovedResourcesList())
          .containsExactly("orders", "www.example.com");

      orders.join(Map.of(), 18080);

      assertThat(client.found().getResources(0).getName()).isEqualTo("orders");
    }
  }

  @Test
  void delta_appliedRoute_isPushedAloneWithinASecond() throws Exception {
    try (TestWorkload orders = workload("orders", "orders-1");
        TestWorkload storefront = workload("storefront", "storefront-1")) {
      orders.join(Map.of(), 18080);
      DeltaClient client = new DeltaClient(storefront);
      client.subscribe(ResourceType.LISTENER, "orders");
      client.ack(client.found());
      client.subscribe(ResourceType.ROUTE, "orders.shop:18080");
      client.ack(client.found());

      long before = System.nanoTime();
      assertThat(apply(SPLIT, "").statusCode()).isEqualTo(200);
      DeltaDiscoveryResponse pushed = client.response();

      assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(5));
      assertThat(pushed.getTypeUrl()).isEqualTo(ResourceType.ROUTE.typeUrl());
      assertThat(pushed.getResources(0).getResource().unpack(RouteConfiguration.class).toString())
          .contains("name: \"HTTPRoute/shop/orders rule 0\"", "value: 90", "value: 10")
          .contains("not-found|80||orders-v2.shop");
      assertThat(client.eventWithin(100)).isNull();
    }
  }

  @Test
  void delta_killedWorkload_losesItsEndpointAfterTheLease() throws Exception {
    controller.close();
    controller = Controller.start(ControllerOptions.onFreePort(dataDir));
    try (TestWorkload one = workload("orders", "orders-1");
        TestWorkload two = workload("orders", "orders-2");
        TestWorkload storefront = workload("storefront", "storefront-1")) {
      one.join(Map.of(), 18080);
      two.join(Map.of(), 18081);
      DeltaClient client = new DeltaClient(storefront);
      String cluster = "outbound|18080||orders.shop";
      client.subscribe(ResourceType.ENDPOINTS, cluster);
      ClusterLoadAssignment endpoints = endpoints(client.found());
      while (endpoints.getEndpointsCount() == 0
          || endpoints.getEndpoints(0).getLbEndpointsCount() < 2) {
        endpoints = endpoints(client.found());
      }

      two.kill();

      ClusterLoadAssignment rest = endpoints(client.found());
      assertThat(rest.getEndpoints(0).getLbEndpointsCount()).isEqualTo(1);
      assertThat(rest.toString()).contains("port_value: 18080");
    }
  }

  @Test
  void delta_inbound_followsPeerAuthenticationAndPolicy() throws Exception {
    try (TestWorkload orders = workload("orders", "orders-1")) {
      orders.join(Map.of(), 18080);
      DeltaClient client = new DeltaClient(orders);
      client.subscribe(ResourceType.LISTENER, "endomesh/inbound/18080");
      String open = text(client.response());
      assertThat(open).contains("raw_buffer").doesNotContain("rbac");

      apply(
          """
          apiVersion: security.istio.io/v1
          kind: PeerAuthentication
          metadata: {name: strict, namespace: shop}
          spec: {mtls: {mode: STRICT}}
          ---
          apiVersion: security.istio.io/v1
          kind: AuthorizationPolicy
          metadata: {name: callers, namespace: shop}
          spec:
            selector: {matchLabels: {app: orders}}
            rules: [{from: [{source: {principals: ["endomesh.local/ns/shop/sa/storefront"]}}]}]
          """,
          "");

      String closed = text(client.response());
      assertThat(closed)
          .doesNotContain("raw_buffer")
          .contains("AuthorizationPolicy/shop/callers")
          .contains("spiffe://endomesh.local/ns/shop/sa/storefront");
    }
  }

  private static final String ONLY_BILLING =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: only-billing, namespace: shop}
      spec:
        selector: {matchLabels: {app: orders}}
        rules: [{from: [{source: {principals: ["endomesh.local/ns/shop/sa/billing"]}}]}]
      """;

  @Test
  void delta_policyThatKeepsTheReaderOut_takesAllOfItAway_andGivesItBack() throws Exception {
    try (TestWorkload orders = workload("orders", "orders-1");
        TestWorkload storefront = workload("storefront", "storefront-1");
        TestWorkload billing = workload("billing", "billing-1")) {
      orders.join(Map.of(), 18080);
      String cluster = "outbound|18080||orders.shop";
      DeltaClient client = new DeltaClient(storefront);
      client.subscribe(ResourceType.LISTENER, "orders");
      client.ack(client.found());
      client.subscribe(ResourceType.ROUTE, "orders.shop:18080");
      client.ack(client.found());
      client.subscribe(ResourceType.CLUSTER, cluster);
      client.ack(client.found());
      client.subscribe(ResourceType.ENDPOINTS, cluster);
      client.ack(client.found());
      DeltaClient permitted = new DeltaClient(billing);
      permitted.subscribe(ResourceType.ENDPOINTS, cluster);
      permitted.ack(permitted.found());

      long before = System.nanoTime();
      apply(ONLY_BILLING, "");
      Map<String, DeltaDiscoveryResponse> pushed = new HashMap<>();
      for (int i = 0; i < 4; i++) {
        DeltaDiscoveryResponse response = client.response();
        pushed.put(response.getTypeUrl(), response);
        client.ack(response);
      }

      assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(5));
      assertThat(text(pushed.get(ResourceType.LISTENER.typeUrl())))
          .contains("AuthorizationPolicy/shop/only-billing")
          .doesNotContain("18080", "sa/billing", "127.0.0.1");
      for (ResourceType type :
          List.of(ResourceType.ROUTE, ResourceType.CLUSTER, ResourceType.ENDPOINTS)) {
        assertThat(pushed.get(type.typeUrl()).getRemovedResourcesList()).as("%s", type).hasSize(1);
      }
      assertThat(permitted.eventWithin(100)).isNull();

      TestWorkload.http(
          controller,
          "DELETE",
          "/api/v1/namespaces/shop/authorizationpolicies/only-billing",
          "",
          Map.of());
      for (int i = 0; i < 4; i++) {
        DeltaDiscoveryResponse response = client.response();
        assertThat(response.getResourcesCount()).isOne();
        client.ack(response);
      }
    }
  }

  @Test
  void plaintextXds_off_turnsAwayWhoProvesNothing() throws Exception {
    controller.close();
    controller =
        Controller.start(TestWorkload.patientController(dataDir).servingPlaintextXds(false));
    ManagedChannel plaintext =
        ManagedChannelBuilder.forAddress("127.0.0.1", controller.address().getPort())
            .usePlaintext()
            .build();
    try (TestWorkload orders = workload("orders", "orders-1")) {
      DeltaClient nobody = new DeltaClient(orders, plaintext);
      nobody.subscribe(ResourceType.LISTENER, "orders");
      assertThat(Status.fromThrowable((Throwable) nobody.event()).getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      DeltaClient proved = new DeltaClient(orders);
      proved.subscribe(ResourceType.LISTENER, "endomesh/inbound/18080");
      assertThat(proved.found().getResourcesCount()).isOne();
    } finally {
      plaintext.shutdownNow();
    }
  }

  @Test
  void delta_readerWhoIsKeptOut_isToldNothingWhateverItAsksFor() throws Exception {
    apply(ONLY_BILLING, "");
    try (TestWorkload orders = workload("orders", "orders-1");
        TestWorkload storefront = workload("storefront", "storefront-1")) {
      orders.join(Map.of(), 18080);
      DeltaClient client = new DeltaClient(storefront);
      client.subscribe(ResourceType.LISTENER, "orders");
      assertThat(text(client.found())).contains("AuthorizationPolicy/shop/only-billing");
      client.subscribe(ResourceType.ENDPOINTS, "outbound|18080||orders.shop");
      assertThat(client.response().getResourcesCount()).isZero();
      client.subscribe(ResourceType.CLUSTER, "outbound|18080|v1|orders.shop");
      assertThat(client.response().getResourcesCount()).isZero();
      client.subscribe(ResourceType.ROUTE, "orders.shop:18080");
      assertThat(client.response().getResourcesCount()).isZero();
    }
  }

  @Test
  void join_byATokenOfAnIssuer_isTheServiceThatItNames_andNoOther() throws Exception {
    TestIssuer cluster = TestIssuer.of("cluster");
    apply(
        """
        apiVersion: endomesh.io/v1
        kind: JoinIssuer
        metadata: {name: cluster, namespace: endomesh-system}
        spec:
          issuer: https://oidc.cluster.example
          audiences: [endomesh]
          namespaces: [shop]
          jwks: '%s'
        """
            .formatted(cluster.jwks()),
        "");
    String token =
        cluster.token(
            """
            {"iss":"https://oidc.cluster.example","aud":["endomesh"],"exp":4102444800,
             "kubernetes.io":{"namespace":"shop","serviceaccount":{"name":"orders"}}}
            """);

    try (TestWorkload orders =
        TestWorkload.start(controller, dataDir, token, "shop", "orders", "orders-1")) {
      assertThat(orders.join(Map.of(), 18080)).isNotInstanceOf(Throwable.class);
      orders.renew(controller, dataDir);
    }
    assertThatThrownBy(
            () -> TestWorkload.start(controller, dataDir, token, "shop", "payments", "p-1"))
        .hasMessageContaining("PERMISSION_DENIED")
        .hasMessageContaining("JoinIssuer/endomesh-system/cluster");
    String forged = TestIssuer.of("cluster").token("{\"iss\":\"https://oidc.cluster.example\"}");
    assertThatThrownBy(
            () -> TestWorkload.start(controller, dataDir, forged, "shop", "orders", "orders-2"))
        .hasMessageContaining("UNAUTHENTICATED");
  }

  @Test
  void join_otherService_isRefused() throws Exception {
    try (TestWorkload orders = workload("orders", "orders-1")) {
      Registration forged =
          orders.registration(Map.of(), 18080).toBuilder().setService("payments").build();

      Object answer = orders.join(forged);

      Status status = Status.fromThrowable((Throwable) answer);
      assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(status.getDescription())
          .isEqualTo("service: shop/payments (expected: shop/orders, which the certificate names)");
    }
  }

  @Test
  void join_instanceOfAnotherService_isRefusedAndTheHolderStays() throws Exception {
    try (TestWorkload orders = workload("orders", "orders-1");
        TestWorkload thief = TestWorkload.start(controller, dataDir, "evil", "thief", "orders-1")) {
      orders.join(Map.of(), 18080);

      Status status = Status.fromThrowable((Throwable) thief.join(Map.of(), 18081));

      assertThat(status.getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
      assertThat(status.getDescription())
          .isEqualTo(
              "instance: 'orders-1' is held by shop/orders, which keeps it (expected: a name of its"
                  + " own; start the process anew to get another, or wait until that instance has"
                  + " ended)");
      assertThat(workloads()).contains("\"serviceId\":\"shop/orders\"").doesNotContain("thief");
    }
  }

  @Test
  void join_otherInstanceOnTheSameStream_isRefused() throws Exception {
    try (TestWorkload orders = workload("orders", "orders-1");
        TestWorkload thief = TestWorkload.start(controller, dataDir, "evil", "thief", "thief-1")) {
      orders.join(Map.of(), 18080);
      thief.join(Map.of(), 18081);

      Object answer =
          thief.again(thief.registration(Map.of()).toBuilder().setInstance("orders-1").build());

      assertThat(Status.fromThrowable((Throwable) answer).getDescription())
          .isEqualTo("instance: 'orders-1' (expected: 'thief-1', as this stream said at first)");
    }
  }

  @Test
  void join_sameInstanceAfterACrash_takesItsPlaceAtOnce() throws Exception {
    try (TestWorkload crashed = workload("orders", "orders-1");
        TestWorkload anew = workload("orders", "orders-1")) {
      crashed.join(Map.of(), 18080);
      crashed.kill();

      assertThat(anew.join(Map.of(), 18081)).isInstanceOf(ControllerMessage.class);

      assertThat(workloads()).contains("18081").doesNotContain("18080");
    }
  }

  @Test
  void restart_instanceWhoseHolderIsNotBackYet_isKeptForIt() throws Exception {
    try (TestWorkload orders = workload("orders", "orders-1");
        TestWorkload thief = TestWorkload.start(controller, dataDir, "evil", "thief", "orders-1")) {
      orders.join(Map.of(), 18080);
      controller.close();
      orders.answers.clear();
      orders.reconnect(controller = Controller.start(TestWorkload.patientController(dataDir)));
      thief.reconnect(controller);

      Status status = Status.fromThrowable((Throwable) thief.join(Map.of(), 18081));

      assertThat(status.getDescription()).contains("'orders-1' is held by shop/orders");
      assertThat(orders.join(Map.of(), 18080)).isInstanceOf(ControllerMessage.class);
    }
  }

  private static final String GOLD =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: gold, namespace: shop}
      spec: {selector: {tier: gold}, ports: [{port: 80, targetPort: 18080}]}
      """;

  @Test
  void labels_ofATokenForAnotherService_makeNoEndpointAndNoTrust() throws Exception {
    apply(GOLD, "");
    try (TestWorkload orders = workload("orders", "orders-1", "\"labels\":{\"tier\":\"gold\"}");
        TestWorkload thief = workload("thief", "thief-1", "\"service\":\"thief\"");
        TestWorkload storefront = workload("storefront", "storefront-1")) {
      orders.join(Map.of(), 18080);
      thief.join(Map.of("tier", "gold", "app", "orders"), 18080);
      DeltaClient client = new DeltaClient(storefront);

      assertThat(trusted(client)).contains("sa/orders").doesNotContain("sa/thief");

      assertThat(workloads())
          .contains("\"labels\":{\"app\":\"thief\",\"tier\":\"gold\"},\"attestedLabels\":[\"app\"]")
          .contains("\"labels\":{\"app\":\"orders\",\"tier\":\"gold\"}");
      assertThat(TestWorkload.http(controller, "GET", "/api/v1/status", "", Map.of()).body())
          .contains("thief-1 says that it has the labels of Service shop/gold, and is not sent its")
          .contains("calls: its join token is for shop/thief alone");
    }
  }

  @Test
  void labels_ofATokenForTheNamespace_areBelieved() throws Exception {
    apply(GOLD, "");
    try (TestWorkload orders = workload("orders", "orders-1", "\"service\":\"*\"");
        TestWorkload storefront = workload("storefront", "storefront-1")) {
      orders.join(Map.of("tier", "gold"), 18080);

      assertThat(trusted(new DeltaClient(storefront))).contains("sa/orders");
    }
  }

  @Test
  void labels_ofTheToken_outliveRenewalAndARestart() throws Exception {
    apply(GOLD, "");
    try (TestWorkload orders =
            workload(
                "orders", "orders-1", "\"service\":\"orders\",\"labels\":{\"tier\":\"gold\"}");
        TestWorkload storefront = workload("storefront", "storefront-1")) {
      orders.renew(controller, dataDir);
      controller.close();
      controller = Controller.start(TestWorkload.patientController(dataDir));
      orders.reconnect(controller);
      storefront.reconnect(controller);
      orders.join(Map.of("tier", "silver"), 18080);

      assertThat(trusted(new DeltaClient(storefront))).contains("sa/orders");
    }
  }

  @Test
  void certificate_tokenIsUsedUp_isRefusedAlsoAfterARestart() throws Exception {
    String token = TestWorkload.token(controller, "shop", "\"service\":\"orders\",\"uses\":1");
    // What is refused for another reason takes no use.
    assertThat(refusal(token, "payments"))
        .startsWith("join token ")
        .endsWith("is for 'orders', not for 'payments' as the request says");
    try (TestWorkload orders =
        TestWorkload.start(controller, dataDir, token, "shop", "orders", "orders-1")) {
      assertThat(orders.join(Map.of(), 18080)).isInstanceOf(ControllerMessage.class);

      assertThat(refusal(token, "orders")).contains(" was used 1 of 1 times (make a new join ");
      controller.close();
      controller = Controller.start(TestWorkload.patientController(dataDir));
      assertThat(refusal(token, "orders")).contains(" was used 1 of 1 times (make a new join ");
      assertThat(TestWorkload.http(controller, "GET", "/api/v1/tokens", "", Map.of()).body())
          .contains("\"uses\":1,\"used\":1");
      // Whoever is in renews without it.
      orders.reconnect(controller);
      orders.renew(controller, dataDir);
    }
  }

  @Test
  void certificate_byThatOfAnotherService_isRefused() throws Exception {
    try (TestWorkload orders = workload("orders", "orders-1")) {
      StatusRuntimeException refused =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> orders.renew(controller, dataDir, "shop", "payments"));

      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(refused.getStatus().getDescription())
          .isEqualTo(
              "the certificate of this connection is for 'orders', not for 'payments' as the"
                  + " request says");
    }
  }

  @Test
  void certificate_byThatOfAnotherMesh_isRefused(@TempDir Path otherData) throws Exception {
    try (Controller other = Controller.start(TestWorkload.patientController(otherData));
        TestWorkload orders = TestWorkload.start(other, otherData, "shop", "orders", "orders-1")) {
      // It believes this controller, which does not believe it.
      orders.renew(other, dataDir);
      orders.reconnect(controller);

      StatusRuntimeException refused =
          catchThrowableOfType(
              StatusRuntimeException.class, () -> orders.renew(controller, dataDir));

      // Its roots are asked for by their names, and no client has a certificate of one of those.
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }
  }

  @Test
  void revoke_connectedWorkload_endsItsStreamsAndItsCertificateBuysNothing() throws Exception {
    try (TestWorkload orders = workload("orders", "orders-1");
        TestWorkload storefront = workload("storefront", "storefront-1")) {
      orders.join(Map.of(), 18080);
      DeltaClient caller = new DeltaClient(storefront);
      caller.subscribe(ResourceType.SECRET, "ROOTCA");
      assertThat(text(caller.found())).doesNotContain("X509 CRL");
      DeltaClient stream = new DeltaClient(orders);
      stream.subscribe(ResourceType.LISTENER, "orders");
      stream.found();

      HttpResponse<String> answer =
          TestWorkload.http(
              controller, "POST", "/api/v1/workloads/shop/orders-1/revoke", "{}", Map.of());

      assertThat(answer.body()).contains("\"revoked\":[\"shop/orders-1\"]");
      assertThat(text(caller.found())).contains("X509 CRL");
      Object event = stream.event();
      while (!(event instanceof Throwable)) {
        event = stream.event();
      }
      assertThat(orders.answers.poll(10, TimeUnit.SECONDS)).isInstanceOf(Throwable.class);
      StatusRuntimeException refused =
          catchThrowableOfType(
              StatusRuntimeException.class, () -> orders.renew(controller, dataDir));
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(refused.getStatus().getDescription())
          .isEqualTo(
              "no join token was sent; client certificate: revoked (expected: one of this mesh);"
                  + " make a join string with `endomesh token create`");
      assertThat(Status.fromThrowable((Throwable) orders.join(Map.of(), 18080)).getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      try (TestWorkload anew = workload("orders", "orders-2")) {
        assertThat(anew.join(Map.of(), 18080)).isInstanceOf(ControllerMessage.class);
      }
      assertThat(
              TestWorkload.http(
                      controller, "POST", "/api/v1/workloads/shop/none/revoke", "{}", Map.of())
                  .statusCode())
          .isEqualTo(404);
    }
  }

  private String refusal(String token, String service) {
    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> TestWorkload.start(controller, dataDir, token, "shop", service, service + "-9"));
    return String.valueOf(refused.getStatus().getDescription());
  }

  @Test
  void join_moreThanAWorkloadMaySay_isRefused() throws Exception {
    try (TestWorkload orders = workload("orders", "orders-1")) {
      Registration metadata =
          orders.registration(Map.of()).toBuilder().setAddress("169.254.169.254").build();

      Status status = Status.fromThrowable((Throwable) orders.join(metadata));

      assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(status.getDescription())
          .isEqualTo(
              "address: '169.254.169.254' (expected: the IP address of one machine, at which others"
                  + " reach this workload)");
    }
  }

  /** Whom callers of the service gold send to, and whom they believe. */
  private static String trusted(DeltaClient client) throws Exception {
    String cluster = "outbound|80||gold.shop";
    client.subscribe(ResourceType.ENDPOINTS, cluster);
    ClusterLoadAssignment endpoints = endpoints(client.found());
    while (endpoints.getEndpointsCount() == 0) {
      endpoints = endpoints(client.found());
    }
    client.subscribe(ResourceType.CLUSTER, cluster);
    return endpoints + text(client.found());
  }

  @Test
  void status_rejectedConfiguration_isShown() throws Exception {
    try (TestWorkload orders = workload("orders", "orders-1");
        TestWorkload storefront = workload("storefront", "storefront-1")) {
      orders.join(Map.of(), 18080);
      storefront.join(Map.of());
      DeltaClient client = new DeltaClient(storefront);
      client.subscribe(ResourceType.LISTENER, "orders");
      client.nack(client.found(), "orders: no such filter; keeping version 1");

      String rejection = "";
      while (!rejection.contains("keeping version 1")) {
        rejection =
            new ObjectMapper()
                .readTree(
                    TestWorkload.http(controller, "GET", "/api/v1/workloads", "", Map.of()).body())
                .findPath("workloads")
                .toString();
      }
      assertThat(rejection).contains("no such filter");
    }
  }

  @Test
  void restart_workloadsNotBackYet_agentsKeepTheirEndpoints() throws Exception {
    String cluster = "outbound|18080||orders.shop";
    String version;
    try (TestWorkload orders = workload("orders", "orders-1");
        TestWorkload storefront = workload("storefront", "storefront-1")) {
      orders.join(Map.of(), 18080);
      storefront.join(Map.of());
      DeltaClient client = new DeltaClient(storefront);
      client.subscribe(ResourceType.ENDPOINTS, cluster);
      DeltaDiscoveryResponse found = client.found();
      while (endpoints(found).getEndpointsCount() == 0) {
        found = client.found();
      }
      version = found.getResources(0).getVersion();
      controller.close();
    }
    controller = Controller.start(TestWorkload.patientController(dataDir));
    try (TestWorkload orders = workload("orders", "orders-1");
        TestWorkload storefront = workload("storefront", "storefront-1")) {
      storefront.join(Map.of());
      DeltaClient client = new DeltaClient(storefront);
      client.bring(ResourceType.ENDPOINTS, Map.of(cluster, version), cluster);
      client.subscribe(ResourceType.LISTENER, "orders", "nobody");
      DeltaDiscoveryResponse listener = client.found();
      assertThat(listener.getResources(0).getName()).isEqualTo("orders");
      assertThat(listener.getRemovedResourcesList()).isEmpty();
      assertThat(client.eventWithin(300)).isNull();

      orders.join(Map.of(), 18080);

      // The endpoints are as before, so nothing is sent of them; the unknown name now is known to
      // be.
      assertThat(client.response().getRemovedResourcesList()).containsExactly("nobody");
      assertThat(client.eventWithin(100)).isNull();
    }
  }

  private TestWorkload workload(String service, String instance, String token) throws Exception {
    String secret = TestWorkload.token(controller, "shop", token);
    return TestWorkload.start(controller, dataDir, secret, "shop", service, instance);
  }

  private TestWorkload workload(String service, String instance) throws Exception {
    return TestWorkload.start(controller, dataDir, "shop", service, instance);
  }

  private String workloads() throws Exception {
    return TestWorkload.http(controller, "GET", "/api/v1/workloads", "", Map.of()).body();
  }

  private java.net.http.HttpResponse<String> apply(String yaml, String query) throws Exception {
    return TestWorkload.http(controller, "POST", "/api/v1/apply" + query, yaml, Map.of());
  }

  private static ClusterLoadAssignment endpoints(DeltaDiscoveryResponse response) throws Exception {
    return response.getResources(0).getResource().unpack(ClusterLoadAssignment.class);
  }

  /** The bytes hold every name that is looked for, those inside of Any too. */
  private static String text(DeltaDiscoveryResponse response) {
    return response.getResources(0).getResource().getValue().toStringUtf8();
  }
}
