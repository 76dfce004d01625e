package io.endomesh.telemetry;

import static io.endomesh.telemetry.Collector.attributes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.telemetry.Shop.Message;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What goes out for calls that were served, and how calls made for them hang together. */
class ServedCallTest extends ObservedWorkload {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";
  private static final String TRACEPARENT = "00-" + TRACE + "-" + SPAN + "-01";
  private static final String UNSAMPLED = "00-" + TRACE + "-" + SPAN + "-00";
  private static final String ORDERS = "spiffe://endomesh.local/ns/shop/sa/orders";

  @Test
  void traceparent_thatTheApplicationSet_staysAndIsTheParent() throws InterruptedException {
    sdkMayStart.countDown();
    Message request = Message.http("orders:8080", "GET", "/").with("traceparent", TRACEPARENT);
    Call call = call(request);
    ((Attempt) call.next()).responded(503, Outcome.NOT_GRPC);
    ((Attempt) call.next()).responded(200, Outcome.NOT_GRPC);

    assertThat(request.headers)
        .containsOnly(entry("traceparent", TRACEPARENT), entry("x-envoy-attempt-count", "2"));
    assertThat(collector.spans(2))
        .allSatisfy(
            span -> {
              assertThat(hex(span.getTraceId())).isEqualTo(TRACE);
              assertThat(hex(span.getParentSpanId())).isEqualTo(SPAN);
            });
  }

  @Test
  void served_withATraceparent_isItsChildAndTheParentOfCallsMadeForIt()
      throws InterruptedException {
    sdkMayStart.countDown();
    Message arrived =
        Message.arrivedAt(Shop.OPEN_PORT, "GET", "/checkout")
            .from(ORDERS)
            .with("traceparent", TRACEPARENT)
            .with("tracestate", "vendor=1");
    Message outgoing = Message.http("orders:8080", "GET", "/");

    InboundCall served = mesh.serve(arrived);
    CallContext before = served.context().attach();
    attempt(outgoing).responded(200, Outcome.NOT_GRPC);
    CallContext.restore(before);
    served.ended(200, Outcome.NOT_GRPC, null);

    List<Span> spans = collector.spans(2);
    Span client = spans.get(0);
    Span server = spans.get(1);
    assertThat(server.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(hex(server.getTraceId())).isEqualTo(TRACE);
    assertThat(hex(server.getParentSpanId())).isEqualTo(SPAN);
    assertThat(attributes(server.getAttributesList()))
        .containsOnly(
            entry("http.request.method", "GET"),
            entry("http.response.status_code", "200"),
            entry("url.path", "/checkout"),
            entry("url.scheme", "https"),
            entry("server.address", "orders"),
            entry("server.port", "8080"),
            entry("client.address", "10.0.0.7"),
            entry("network.peer.address", "10.0.0.7"),
            entry("endomesh.caller", ORDERS));
    assertThat(client.getTraceId()).isEqualTo(server.getTraceId());
    assertThat(client.getParentSpanId()).isEqualTo(server.getSpanId());
    assertThat(outgoing.headers)
        .containsOnly(entry("traceparent", header(client)), entry("tracestate", "vendor=1"));
    assertThat(attributes(collector.point("http.server.request.duration", 1).getAttributesList()))
        .containsOnly(
            entry("http.request.method", "GET"),
            entry("http.response.status_code", "200"),
            entry("endomesh.caller", ORDERS));
  }

  @Test
  void served_withATraceparentThatCannotBeRead_beginsATrace() throws InterruptedException {
    sdkMayStart.countDown();
    for (String broken :
        List.of("", "00", "00-xyz", "ff" + TRACEPARENT.substring(2), TRACEPARENT + "-more")) {
      mesh.serve(Message.arrivedAt(Shop.OPEN_PORT, "GET", "/").with("traceparent", broken))
          .ended(200, Outcome.NOT_GRPC, null);
    }

    assertThat(collector.spans(5)).allSatisfy(span -> assertThat(span.getParentSpanId()).isEmpty());
    assertThat(telemetry.failures()).isZero();
  }

  @Test
  void served_ofATraceThatIsNotSampled_isMeasuredOnly() throws InterruptedException {
    sdkMayStart.countDown();
    Message outgoing = Message.http("orders:8080", "GET", "/");
    InboundCall served =
        mesh.serve(Message.arrivedAt(Shop.OPEN_PORT, "GET", "/").with("traceparent", UNSAMPLED));
    CallContext before = served.context().attach();
    attempt(outgoing).responded(200, Outcome.NOT_GRPC);
    CallContext.restore(before);
    served.ended(200, Outcome.NOT_GRPC, null);

    assertThat(collector.point("http.server.request.duration", 1).getCount()).isEqualTo(1);
    assertThat(outgoing.headers.get("traceparent")).startsWith("00-" + TRACE).endsWith("-00");
    mesh.serve(Message.arrivedAt(Shop.OPEN_PORT, "PUT", "/")).ended(200, Outcome.NOT_GRPC, null);
    assertThat(collector.spans(1).get(0).getName()).isEqualTo("PUT");
  }

  @Test
  void served_refused_namesThePolicyEverywhere() throws InterruptedException {
    sdkMayStart.countDown();
    for (int i = 0; i < 3; i++) {
      InboundCall refused =
          mesh.serve(
              Message.arrivedAt(Shop.REFUSING_PORT, "POST", "/pay\nforged line").from(ORDERS));
      assertThat(refused.refusal().message())
          .matches("this caller may not make this request \\(trace [0-9a-f]{32}\\)");
      refused.ended(403, Outcome.NOT_GRPC, null);
    }

    assertThat(collector.spans(3))
        .allSatisfy(
            span ->
                assertThat(attributes(span.getAttributesList()))
                    .contains(entry("endomesh.policy", Shop.PAYMENTS_POLICY)));
    assertThat(attributes(collector.point("http.server.request.duration", 3).getAttributesList()))
        .contains(
            entry("endomesh.policy", Shop.PAYMENTS_POLICY),
            entry("endomesh.caller", ORDERS),
            entry("http.response.status_code", "403"));
    assertThat(log.poll(30, TimeUnit.SECONDS))
        .startsWith(
            "refused caller="
                + ORDERS
                + " method=POST path=/pay?forged?line policy=\""
                + Shop.PAYMENTS_POLICY
                + "\" status=403 trace=");
    assertThat(log).isEmpty();
  }

  @Test
  void served_policiesThatOnlyLookOn_areNamedAndCountedAndTheCallIsServed()
      throws InterruptedException {
    sdkMayStart.countDown();
    for (String method : List.of("DELETE", "POST", "GET")) {
      InboundCall served =
          mesh.serve(Message.arrivedAt(Shop.DRY_RUN_PORT, method, "/pay").from(ORDERS));
      assertThat(served.refusal()).isNull();
      served.ended(200, Outcome.NOT_GRPC, null);
    }

    Map<String, String> policies = new TreeMap<>();
    collector
        .spans(3)
        .forEach(
            span -> {
              Map<String, String> attributes = attributes(span.getAttributesList());
              assertThat(attributes).doesNotContainKey("endomesh.policy");
              policies.put(
                  attributes.get("http.request.method"),
                  attributes.get("endomesh.policy.dry_run")
                      + " "
                      + attributes.get("endomesh.policy.audit"));
            });
    assertThat(policies)
        .containsOnly(
            entry("DELETE", "AuthorizationPolicy/finance/no-deletes null"),
            entry("POST", "null AuthorizationPolicy/finance/audit"),
            entry("GET", "null null"));
    assertThat(List.of(log.poll(30, TimeUnit.SECONDS), log.poll(30, TimeUnit.SECONDS)))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith(
                        "would refuse caller=" + ORDERS + " method=DELETE path=/pay policy=")
                    .contains("policy=\"AuthorizationPolicy/finance/no-deletes\" status=200"),
            line ->
                assertThat(line)
                    .startsWith("audited caller=" + ORDERS + " method=POST path=/pay policy=")
                    .contains("policy=\"AuthorizationPolicy/finance/audit\" status=200"));
    assertThat(log).isEmpty();
  }

  @Test
  void served_whoIsAskedDoesNotAnswer_andLetsThrough_isNamedAndCounted()
      throws InterruptedException {
    sdkMayStart.countDown();
    InboundCall served =
        mesh.serve(Message.arrivedAt(Shop.UNANSWERED_PORT, "GET", "/pay").from(ORDERS));
    assertThat(served.refusal()).isNull();
    served.ended(200, Outcome.NOT_GRPC, null);

    assertThat(attributes(collector.spans(1).get(0).getAttributesList()))
        .containsEntry("endomesh.policy.unanswered", "AuthorizationPolicy/finance/ask")
        .doesNotContainKeys("endomesh.policy", "endomesh.policy.audit");
    assertThat(log.poll(30, TimeUnit.SECONDS))
        .startsWith(
            "let through without an answer caller=" + ORDERS + " method=GET path=/pay policy=")
        .contains("policy=\"AuthorizationPolicy/finance/ask\" status=200");
  }
}
