package io.endomesh.controller.forward;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.MediaType;
import io.endomesh.controller.telemetry.Span;
import io.endomesh.controller.telemetry.TelemetrySink.Signal;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports are sent on to a receiver that takes them, refuses them, is away, or hangs. */
@Timeout(60)
class ForwardingTest {

  private static final String SECRET = "Bearer s3cr3t";

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private <T extends AutoCloseable> T opened(T one) {
    open.add(0, one);
    return one;
  }

  private static ForwardOptions options(@Nullable URI otlp, @Nullable URI zipkin) {
    return new ForwardOptions(
        otlp, Map.of("authorization", SECRET), null, Duration.ofMillis(200), zipkin);
  }

  private static byte[] spans(int... numbers) {
    ScopeSpans.Builder spans = ScopeSpans.newBuilder();
    for (int number : numbers) {
      spans.addSpans(
          io.opentelemetry.proto.trace.v1.Span.newBuilder()
              .setName("span " + number)
              .setTraceId(ByteString.copyFrom(new byte[16])));
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(spans))
        .build()
        .toByteArray();
  }

  private static Span span(@Nullable String parent, boolean error) {
    return new Span(
        "0af7651916cd43dd8448eb211c80319c",
        "b7ad6b7169203331",
        parent,
        "shop/orders",
        "orders-1",
        "GET",
        "CLIENT",
        1_000_000_500L,
        1_002_500_000L,
        error,
        "",
        null,
        null,
        Map.of("http.response.status_code", "503", "endomesh.destination", "inventory.shop"));
  }

  private static List<String> names(byte[] body) throws Exception {
    return ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .map(io.opentelemetry.proto.trace.v1.Span::getName)
        .toList();
  }

  private static Signal signal(Forwarding forwarding, String name) {
    return Objects.requireNonNull(forwarding.signals().get(name));
  }

  private static Outbox outbox(Receiver receiver, Duration timeout, long maxBytes)
      throws Exception {
    return new Outbox(
        "test",
        new Destination(
            receiver.address("/v1/traces"),
            MediaType.parse("application/x-protobuf"),
            Map.of(),
            null,
            timeout),
        new Waiting(maxBytes),
        Forwarding::joined,
        Duration.ZERO,
        Duration.ofMillis(20));
  }

  @Test
  void spans_ofSeveralReports_arriveWithTheHeaders() throws Exception {
    Receiver receiver = opened(new Receiver());
    Forwarding forwarding = opened(new Forwarding(options(receiver.address("/"), null)));

    forwarding.spans(spans(1, 2), List.of(span(null, false), span(null, false)));
    forwarding.spans(spans(3), List.of(span(null, false)));

    List<String> names = new ArrayList<>();
    while (names.size() < 3) {
      Receiver.Received received = receiver.next();
      assertThat(received.path()).isEqualTo("/v1/traces");
      assertThat(received.type()).isEqualTo("application/x-protobuf");
      assertThat(received.authorization()).containsExactly(SECRET);
      names.addAll(names(received.body()));
    }
    assertThat(names).containsExactly("span 1", "span 2", "span 3");
    awaitSent(forwarding, "traces", 3);
    assertThat(signal(forwarding, "traces")).isEqualTo(new Signal(3, 0, 0, null));
  }

  private static void awaitSent(Forwarding forwarding, String name, long sent) {
    while (signal(forwarding, name).sent() < sent) {
      Thread.onSpinWait();
    }
  }

  @Test
  void metrics_ofOneWorkload_areSentOnceAnIntervalAndTheNewestOnly() throws Exception {
    Receiver receiver = opened(new Receiver());
    Forwarding forwarding = opened(new Forwarding(options(receiver.address(""), null)));

    for (int i = 0; i < 5; i++) {
      forwarding.metrics("a", metrics("a" + i), 1);
      forwarding.metrics("b", metrics("b" + i), 1);
    }

    List<String> names = new ArrayList<>();
    while (!names.contains("a4") || !names.contains("b4")) {
      Receiver.Received received = receiver.next();
      assertThat(received.path()).isEqualTo("/v1/metrics");
      ExportMetricsServiceRequest.parseFrom(received.body())
          .getResourceMetricsList()
          .forEach(one -> names.add(one.getScopeMetrics(0).getMetrics(0).getName()));
    }
    // An interval may have ended between two of them.
    assertThat(names).hasSizeLessThanOrEqualTo(4);
    awaitSent(forwarding, "metrics", names.size());
    assertThat(signal(forwarding, "metrics").dropped()).isZero();
  }

  private static byte[] metrics(String name) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .addScopeMetrics(
                    ScopeMetrics.newBuilder().addMetrics(Metric.newBuilder().setName(name))))
        .build()
        .toByteArray();
  }

  @Test
  void receiver_thatIsBusyOrAway_getsEverythingLater() throws Exception {
    Receiver receiver = opened(new Receiver());
    receiver.answers.addAll(List.of(503, 429, 502));
    Outbox outbox = opened(outbox(receiver, Duration.ofSeconds(10), 1 << 20));

    outbox.put(new Report("", spans(1), 1));

    assertThat(names(receiver.next().body())).containsExactly("span 1");
    Outbox.State state = outbox.state();
    while (state.sent() == 0) {
      state = outbox.state();
    }
    assertThat(state).isEqualTo(new Outbox.State(1, 0, 3, null));
  }

  @Test
  void receiver_thatRefuses_isNotAskedAgain_andItIsCounted() throws Exception {
    Receiver receiver = opened(new Receiver());
    receiver.answers.add(400);
    Outbox outbox = opened(outbox(receiver, Duration.ofSeconds(10), 1 << 20));

    outbox.put(new Report("", spans(1, 2), 2));
    while (outbox.state().dropped() == 0) {
      Thread.onSpinWait();
    }
    assertThat(outbox.state().problem()).endsWith("/v1/traces: it answered 400");
    outbox.put(new Report("", spans(3), 1));

    assertThat(names(receiver.next().body())).containsExactly("span 3");
    assertThat(outbox.state().dropped()).isEqualTo(2);
  }

  @Test
  void receiver_thatHangs_holdsUpNobodyAndNoMoreThanTheBound() throws Exception {
    Receiver receiver = opened(new Receiver());
    receiver.hanging = true;
    Outbox outbox = opened(outbox(receiver, Duration.ofMillis(300), 100_000));
    byte[] report = spans(7);

    long before = System.nanoTime();
    for (int i = 0; i < 100_000; i++) {
      outbox.put(new Report("", report, 1));
    }
    Duration took = Duration.ofNanos(System.nanoTime() - before);

    // 5 MB were put in; they wait for nobody, though each request takes as long as it may.
    assertThat(took).isLessThan(Duration.ofSeconds(10));
    assertThat(outbox.state().dropped()).isGreaterThan(90_000);
    while (outbox.state().failedRequests() < 2) {
      Thread.onSpinWait();
    }
    assertThat(outbox.state().problem()).contains("no answer (ResponseTimeoutException)");

    receiver.hanging = false;
    receiver.released.countDown();
    assertThat(names(receiver.next().body())).contains("span 7");
    while (outbox.state().problem() != null) {
      Thread.onSpinWait();
    }
    assertThat(outbox.state().sent()).isPositive();
  }

  @Test
  void close_whileItHangs_endsInTime() throws Exception {
    Receiver receiver = opened(new Receiver());
    receiver.hanging = true;
    Outbox outbox = outbox(receiver, Duration.ofSeconds(30), 1 << 20);
    outbox.put(new Report("", spans(1), 1));

    long before = System.nanoTime();
    outbox.close();

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void close_withSomethingLeft_sendsIt() throws Exception {
    Receiver receiver = opened(new Receiver());
    Forwarding forwarding =
        new Forwarding(
            new ForwardOptions(
                receiver.address("/"), Map.of(), null, Duration.ofMinutes(10), null));
    forwarding.metrics("a", metrics("last"), 1);

    forwarding.close();

    assertThat(receiver.next().path()).isEqualTo("/v1/metrics");
  }

  @Test
  void zipkin_getsItsJson() throws Exception {
    Receiver receiver = opened(new Receiver());
    Forwarding forwarding =
        opened(
            new Forwarding(
                new ForwardOptions(
                    null,
                    Map.of(),
                    null,
                    Duration.ofMinutes(1),
                    receiver.address("/api/v2/spans"))));

    forwarding.spans(new byte[0], List.of(span("00f067aa0ba902b7", true), span(null, false)));

    Receiver.Received received = receiver.next();
    assertThat(received.path()).isEqualTo("/api/v2/spans");
    assertThat(received.type()).startsWith("application/json");
    assertThat(received.authorization()).isEmpty();
    JsonNode json = new ObjectMapper().readTree(new String(received.body(), UTF_8));
    assertThat(json).hasSize(2);
    assertThat(json.get(0))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"traceId":"0af7651916cd43dd8448eb211c80319c","id":"b7ad6b7169203331","name":"GET",
                     "timestamp":1000000,"duration":2499,"parentId":"00f067aa0ba902b7","kind":"CLIENT",
                     "localEndpoint":{"serviceName":"orders"},
                     "remoteEndpoint":{"serviceName":"inventory.shop"},
                     "tags":{"http.response.status_code":"503","endomesh.destination":"inventory.shop",
                             "service.namespace":"shop","service.instance.id":"orders-1","error":""}}
                    """));
    assertThat(json.get(1).has("parentId")).isFalse();
  }

  @Test
  void options_neverShowAHeader() {
    assertThat(options(URI.create("https://collector.example"), null).toString())
        .doesNotContain("s3cr3t")
        .contains("authorization");
  }

  @Test
  void headers_overANetworkInClear_areRefused() {
    assertThatThrownBy(() -> options(URI.create("http://collector.example:4318"), null))
        .hasMessageContaining("--otlp-endpoint: http://collector.example:4318 (expected: an https")
        .hasMessageNotContaining("s3cr3t");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "collector:4318",
        "grpc://collector:4317",
        "http://",
        "http://user:s3cr3t@collector",
        "http://collector?key=s3cr3t",
        "ht tp://s3cr3t"
      })
  void address_thatIsNone_isRefusedWithoutBeingShown(String text) {
    assertThatThrownBy(() -> ForwardOptions.address("--otlp-endpoint", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("--otlp-endpoint: ")
        .hasMessageContaining("(expected: http or https")
        .hasMessageNotContaining("s3cr3t");
  }

  @Test
  void headers_ofAFile_areOneALine() {
    assertThat(
            ForwardOptions.headers("file", "# ours\n\nAuthorization: Bearer a=b:c\r\nX-Tenant:7\n"))
        .isEqualTo(Map.of("authorization", "Bearer a=b:c", "x-tenant", "7"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"s3cr3t", "a b: s3cr3t", "Host: s3cr3t", ": s3cr3t", "a:", "a: s3cr3t\u0001"})
  void headers_thatAreNone_areRefusedWithoutBeingShown(String line) {
    assertThatThrownBy(() -> ForwardOptions.headers("file", "x: y\n" + line))
        .hasMessage("file: line 2 is no header (expected: NAME: VALUE)");
  }
}
