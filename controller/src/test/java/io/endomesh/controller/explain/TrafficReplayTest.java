package io.endomesh.controller.explain;

import static io.endomesh.controller.translate.TestModels.workload;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.telemetry.Span;
import io.endomesh.controller.telemetry.Trace;
import io.endomesh.controller.translate.Drafts;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.TestModels;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrafficReplayTest {

  private static final String SPLIT =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: orders, namespace: shop}
      spec:
        host: orders
        subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: orders, namespace: shop}
      spec:
        hosts: [orders]
        http:
        - match: [{uri: {prefix: /api}}]
          route:
          - {destination: {host: orders, subset: v1}, weight: 75}
          - {destination: {host: orders, subset: v2}, weight: 25}
        - route: [{destination: {host: orders}}]
      """;

  private static final String ONLY_WEB =
      """
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: only-web, namespace: shop}
      spec:
        selector: {matchLabels: {app: orders}}
        rules: [{from: [{source: {principals: [endomesh.local/ns/shop/sa/web]}}]}]
      """;

  private static final MeshModel NOW =
      TestModels.of(
          List.of(
              workload("shop/orders", Map.of("version", "v1"), 8081),
              workload("shop/orders", Map.of("version", "v2"), 8082),
              workload("shop/storefront", Map.of("version", "v1"), 8083)));

  private int spans;

  @Test
  void replay_draftSplit_countsCallsThatWouldGoElsewhere() throws Exception {
    RecordedCalls recorded =
        RecordedCalls.of(
            List.of(
                trace(
                    call("GET", "http://orders/api/1"),
                    call("GET", "http://orders/api/1"),
                    call("GET", "http://orders/api/1"),
                    call("GET", "http://orders/api/1"),
                    call("GET", "http://orders/health"),
                    call("GET", "http://elsewhere.example/"))),
            0);

    TrafficReplay.Result result =
        TrafficReplay.of(
            recorded, NOW, Drafts.over(NOW, ResourceParser.parseAll(SPLIT)), Clock.systemUTC());

    assertThat(result.calls()).isEqualTo(6);
    assertThat(result.skipped()).isZero();
    assertThat(result.outcomes())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "would go to outbound|8081|v1|orders.shop", 3.0,
                "would go to outbound|8081|v2|orders.shop", 1.0));
    assertThat(result.changed()).isEqualTo(4);
  }

  @Test
  void replay_draftPolicy_countsCallsThatWouldBeRefused() throws Exception {
    RecordedCalls recorded = RecordedCalls.of(List.of(trace(call("POST", "http://orders/"))), 0);

    TrafficReplay.Result result =
        TrafficReplay.of(
            recorded, NOW, Drafts.over(NOW, ResourceParser.parseAll(ONLY_WEB)), Clock.systemUTC());

    assertThat(result.outcomes())
        .containsExactly(Map.entry("would be refused by AuthorizationPolicy/shop/only-web", 1.0));
  }

  @Test
  void replay_draftThatSaysTheSame_changesNothing() throws Exception {
    MeshModel split = Drafts.over(NOW, ResourceParser.parseAll(SPLIT));
    RecordedCalls recorded = RecordedCalls.of(List.of(trace(call("GET", "http://orders/api"))), 0);

    assertThat(
            TrafficReplay.of(
                    recorded,
                    split,
                    Drafts.over(split, ResourceParser.parseAll(SPLIT)),
                    Clock.systemUTC())
                .outcomes())
        .isEmpty();
  }

  @Test
  void replay_callerThatLeft_isSkippedAndCounted() {
    RecordedCalls recorded =
        new RecordedCalls(Map.of(new RecordedCalls.Call("shop/gone", "GET", "http://orders/"), 7L));

    TrafficReplay.Result result = TrafficReplay.of(recorded, NOW, NOW, Clock.systemUTC());

    assertThat(result.calls()).isZero();
    assertThat(result.skipped()).isEqualTo(7);
  }

  @Test
  void recorded_firstAttemptsOfTheLastMinutes_andGrpcByItsMethod() {
    RecordedCalls recorded =
        RecordedCalls.of(
            List.of(
                trace(
                    span(
                        "CLIENT", 5, Map.of("url.full", "http://a/", "http.request.method", "GET")),
                    span(
                        "CLIENT",
                        20,
                        Map.of(
                            "url.full", "http://a/",
                            "http.request.method", "GET",
                            "http.request.resend_count", "1")),
                    span("SERVER", 20, Map.of("url.path", "/", "http.request.method", "GET")),
                    span(
                        "CLIENT",
                        20,
                        Map.of(
                            "rpc.method", "shop.Inventory/Reserve",
                            "server.address", "inventory",
                            "server.port", "9090")))),
            10);

    assertThat(recorded.times())
        .containsExactly(
            Map.entry(
                new RecordedCalls.Call(
                    "shop/storefront", "POST", "grpc://inventory:9090/shop.Inventory/Reserve"),
                1L));
  }

  private Span call(String method, String url) {
    return span("CLIENT", 1, Map.of("url.full", url, "http.request.method", method));
  }

  private Span span(String kind, long startNanos, Map<String, String> attributes) {
    return new Span(
        "t",
        "s" + spans++,
        null,
        "shop/storefront",
        "storefront-1",
        "GET",
        kind,
        startNanos,
        startNanos + 1,
        false,
        "",
        null,
        null,
        attributes);
  }

  private static Trace trace(Span... spans) {
    return new Trace("t", List.of(spans));
  }
}
