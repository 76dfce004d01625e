package io.endomesh.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.telemetry.Shop.Message;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Traces that come from others, and are told to others, in ways that were agreed upon. */
class PropagationTest extends ObservedWorkload {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SHORT = "8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";

  private Telemetry speaking;
  private Mesh shop;

  private void speak(double sampling, Propagation... propagation) {
    sdkMayStart.countDown();
    speaking =
        telemetry(
            new TelemetrySettings(
                sampling, 1_000_000, Duration.ofMillis(5), List.of(propagation), "1"),
            collector);
    shop = Shop.mesh(speaking);
  }

  @AfterEach
  void endOther() throws InterruptedException {
    speaking.close(Duration.ofSeconds(30));
  }

  /** A request arrives with these headers, and a call is made for it: its headers. */
  private Map<String, String> passedOn(Map<String, String> headers) {
    Message arrived = Message.arrivedAt(Shop.OPEN_PORT, "GET", "/");
    headers.forEach(arrived::with);
    Message outgoing = Message.http("orders:8080", "GET", "/");
    InboundCall served = shop.serve(arrived);
    CallContext before = served.context().attach();
    told(outgoing);
    before.attach();
    served.ended(200, Outcome.NOT_GRPC, null);
    return outgoing.headers;
  }

  private Map<String, String> told(Message outgoing) {
    ((io.endomesh.dataplane.Attempt) call(shop, outgoing).next()).responded(200, Outcome.NOT_GRPC);
    Map<String, String> trace = new TreeMap<>(outgoing.headers);
    trace.keySet().removeIf(name -> name.startsWith("x-envoy"));
    return trace;
  }

  /** The spans by which the request and the call were told, as both hang together. */
  private Span callOf(String trace, String parent) throws InterruptedException {
    List<Span> spans = collector.spans(2);
    assertThat(spans).allSatisfy(span -> assertThat(hex(span.getTraceId())).isEqualTo(trace));
    Span server =
        spans.stream()
            .filter(span -> span.getKind() == Span.SpanKind.SPAN_KIND_SERVER)
            .findAny()
            .orElseThrow();
    Span client = spans.get(spans.indexOf(server) == 0 ? 1 : 0);
    assertThat(hex(server.getParentSpanId())).isEqualTo(parent);
    assertThat(client.getParentSpanId()).isEqualTo(server.getSpanId());
    return client;
  }

  @Test
  void b3_single_isReadAndWritten() throws InterruptedException {
    speak(1, Propagation.B3);

    Map<String, String> headers =
        passedOn(Map.of("b3", TRACE + "-" + SPAN + "-1-00f067aa0ba902b7"));

    Span client = callOf(TRACE, SPAN);
    assertThat(headers)
        .contains(entry("b3", TRACE + "-" + hex(client.getSpanId()) + "-1"))
        .doesNotContainKeys("traceparent", "x-b3-traceid");
  }

  @Test
  void b3_multi_isReadAndWritten() throws InterruptedException {
    speak(1, Propagation.B3MULTI);

    Map<String, String> headers =
        passedOn(
            Map.of(
                "x-b3-traceid",
                TRACE,
                "x-b3-spanid",
                SPAN,
                "x-b3-parentspanid",
                "00f067aa0ba902b7",
                "x-b3-sampled",
                "1"));

    Span client = callOf(TRACE, SPAN);
    assertThat(headers)
        .contains(
            entry("x-b3-traceid", TRACE),
            entry("x-b3-spanid", hex(client.getSpanId())),
            entry("x-b3-sampled", "1"))
        .doesNotContainKeys("traceparent", "b3");
  }

  @Test
  void b3_idOf64Bits_isTheSameTraceWithZerosInFront() throws InterruptedException {
    speak(1, Propagation.B3, Propagation.B3MULTI);

    passedOn(Map.of("b3", SHORT + "-" + SPAN + "-d"));

    callOf("0000000000000000" + SHORT, SPAN);
  }

  @Test
  void b3_debugOfManyHeaders_isKept() throws InterruptedException {
    speak(0, Propagation.B3MULTI);

    passedOn(Map.of("x-b3-traceid", TRACE, "x-b3-spanid", SPAN, "x-b3-flags", "1"));

    callOf(TRACE, SPAN);
  }

  @Test
  void b3_withoutADecision_isDecidedHere() throws InterruptedException {
    speak(1, Propagation.B3);

    assertThat(passedOn(Map.of("b3", TRACE + "-" + SPAN)).get("b3")).endsWith("-1");

    callOf(TRACE, SPAN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", TRACE + "-" + SPAN + "-0"})
  void b3_notSampled_isToldOnAndNotKept(String header) throws InterruptedException {
    speak(1, Propagation.B3);

    assertThat(passedOn(Map.of("b3", header)).get("b3")).matches("[0-9a-f]{32}-[0-9a-f]{16}-0");

    // What comes after it is told alone.
    told(Message.http("orders:8080", "GET", "/"));
    assertThat(collector.spans(1)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "d",
        "-",
        "xyz",
        TRACE,
        TRACE + "-" + SPAN + "-1-" + SPAN + "-1",
        "00000000000000000000000000000000-" + SPAN + "-1",
        TRACE + "-0000000000000000-1",
        TRACE + "-" + SPAN + "0-1"
      })
  void b3_thatCannotBeRead_beginsATraceOfItsOwn(String header) throws InterruptedException {
    speak(1, Propagation.B3);

    String told = passedOn(Map.of("b3", header)).get("b3");

    assertThat(told).matches("[0-9a-f]{32}-[0-9a-f]{16}-1").doesNotContain(TRACE);
    List<Span> spans = collector.spans(2);
    assertThat(spans.get(0).getTraceId()).isEqualTo(spans.get(1).getTraceId());
  }

  @Test
  void severalWays_firstThatIsThereCounts_andAllAreWritten() throws InterruptedException {
    speak(1, Propagation.TRACECONTEXT, Propagation.B3, Propagation.B3MULTI);

    Map<String, String> headers =
        passedOn(Map.of("traceparent", "garbage", "b3", TRACE + "-" + SPAN + "-1"));

    String span = hex(callOf(TRACE, SPAN).getSpanId());
    assertThat(headers)
        .contains(
            entry("traceparent", "00-" + TRACE + "-" + span + "-01"),
            entry("b3", TRACE + "-" + span + "-1"),
            entry("x-b3-traceid", TRACE));
  }

  @Test
  void b3_thatTheApplicationSet_staysAndIsTheParent() throws InterruptedException {
    speak(1, Propagation.TRACECONTEXT, Propagation.B3);
    String b3 = TRACE + "-" + SPAN + "-1";

    Map<String, String> headers = told(Message.http("orders:8080", "GET", "/").with("b3", b3));

    assertThat(headers).containsOnly(entry("b3", b3));
    Span span = collector.spans(1).get(0);
    assertThat(hex(span.getTraceId())).isEqualTo(TRACE);
    assertThat(hex(span.getParentSpanId())).isEqualTo(SPAN);
  }

  @Test
  void b3_whereOnlyW3CIsSpoken_isLeftAlone() throws InterruptedException {
    speak(1, Propagation.TRACECONTEXT);

    assertThat(passedOn(Map.of("b3", TRACE + "-" + SPAN + "-1")))
        .containsKey("traceparent")
        .doesNotContainKey("b3");
    assertThat(hex(collector.spans(2).get(0).getTraceId())).isNotEqualTo(TRACE);
  }
}
