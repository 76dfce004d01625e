package io.endomesh.telemetry;

import static io.endomesh.telemetry.Collector.attributes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.SqlStatement;
import io.endomesh.telemetry.Shop.Message;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes out for calls that go through the data plane. */
class TelemetryTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";
  private static final String TRACEPARENT = "00-" + TRACE + "-" + SPAN + "-01";
  private static final String UNSAMPLED = "00-" + TRACE + "-" + SPAN + "-00";
  private static final String ORDERS = "spiffe://endomesh.local/ns/shop/sa/orders";
  private static final TelemetrySettings SETTINGS =
      new TelemetrySettings(1.0, 1_000_000, Duration.ofMillis(5), "1.2.3");

  private final Collector collector = new Collector();
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final CountDownLatch sdkMayStart = new CountDownLatch(1);
  private final Telemetry telemetry = telemetry(SETTINGS, collector);
  private final Mesh mesh = Shop.mesh(telemetry);

  @AfterEach
  void endThread() throws InterruptedException {
    sdkMayStart.countDown();
    telemetry.close(Duration.ofSeconds(30));
  }

  @Test
  void attempt_delivered_makesClientSpanAndMeasurement() throws InterruptedException {
    sdkMayStart.countDown();

    attempt(Message.http("orders:8080", "GET", "/orders/7")).responded(200, Outcome.NOT_GRPC);

    Span span = collector.spans(1).get(0);
    assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
    assertThat(span.getName()).isEqualTo("GET");
    assertThat(span.getParentSpanId()).isEmpty();
    assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
    assertThat(span.getEndTimeUnixNano()).isGreaterThan(span.getStartTimeUnixNano());
    assertThat(attributes(span.getAttributesList()))
        .containsOnly(
            entry("http.request.method", "GET"),
            entry("http.response.status_code", "200"),
            entry("url.full", "http://orders:8080/orders/7"),
            entry("server.address", "orders"),
            entry("server.port", "8080"),
            entry("network.peer.address", "127.0.0.1"),
            entry("network.peer.port", "9000"),
            entry("endomesh.route", "HTTPRoute/shop/x rule 0"),
            entry("endomesh.destination", "orders.shop"),
            entry("endomesh.cluster", "outbound|8080||orders.shop"),
            entry("endomesh.tls", "false"));
    ExponentialHistogramDataPoint point = collector.point("http.client.request.duration", 1);
    assertThat(attributes(point.getAttributesList()))
        .containsOnly(
            entry("http.request.method", "GET"),
            entry("http.response.status_code", "200"),
            entry("server.address", "orders"),
            entry("server.port", "8080"),
            entry("endomesh.destination", "orders.shop"),
            entry("endomesh.cluster", "outbound|8080||orders.shop"),
            entry("endomesh.tls", "false"));
    assertThat(point.getSum()).isPositive();
  }

  @Test
  void metrics_exported_areCumulativeExponentialSecondsOfThisWorkload()
      throws InterruptedException {
    sdkMayStart.countDown();
    attempt(Message.http("orders:8080", "GET", "/")).responded(200, Outcome.NOT_GRPC);
    collector.spans(1);

    var request = collector.metrics.poll(30, TimeUnit.SECONDS);

    assertThat(request).isNotNull();
    assertThat(attributes(request.getResourceMetrics(0).getResource().getAttributesList()))
        .contains(
            entry("service.name", "storefront"),
            entry("service.namespace", "shop"),
            entry("service.instance.id", "storefront-1"),
            entry("telemetry.distro.version", "1.2.3"));
    assertThat(Collector.metrics(request))
        .anySatisfy(
            metric -> {
              assertThat(metric.getName()).isEqualTo("http.client.request.duration");
              assertThat(metric.getUnit()).isEqualTo("s");
              assertThat(metric.getExponentialHistogram().getAggregationTemporality())
                  .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
            });
  }

  @Test
  void measurements_madeBeforeTheSdkExists_areInTheTotals() throws InterruptedException {
    for (int i = 0; i < 5000; i++) {
      attempt(Message.http("orders:8080", "GET", "/")).responded(200, Outcome.NOT_GRPC);
    }
    sdkMayStart.countDown();
    for (int i = 0; i < 5000; i++) {
      attempt(Message.http("orders:8080", "GET", "/")).responded(200, Outcome.NOT_GRPC);
    }

    assertThat(collector.point("http.client.request.duration", 10_000).getCount())
        .isEqualTo(10_000);
  }

  @Test
  void measurements_whileTheControllerIsAway_areInTheTotalsAfterwards()
      throws InterruptedException {
    sdkMayStart.countDown();
    attempt(Message.http("orders:8080", "GET", "/")).responded(200, Outcome.NOT_GRPC);
    collector.point("http.client.request.duration", 1);
    collector.status = path -> 0;
    for (int i = 0; i < 10; i++) {
      attempt(Message.http("orders:8080", "GET", "/")).responded(200, Outcome.NOT_GRPC);
    }
    assertThat(log.poll(30, TimeUnit.SECONDS))
        .contains("failed: java.net.ConnectException: refused; keeping totals");
    collector.status = path -> 200;

    assertThat(collector.point("http.client.request.duration", 11).getCount()).isEqualTo(11);
    assertThat(collector.spans(11)).hasSize(11);
    assertThat(log.poll(30, TimeUnit.SECONDS)).contains("works again");
    assertThat(telemetry.dropped()).isZero();
  }

  @Test
  void spans_thatTheControllerRejects_areDroppedAndCounted() throws InterruptedException {
    collector.status = path -> path.equals(Exporter.TRACES_PATH) ? 400 : 200;
    sdkMayStart.countDown();

    attempt(Message.http("orders:8080", "GET", "/")).responded(200, Outcome.NOT_GRPC);

    collector.counter("endomesh.telemetry.dropped", "spans", 1);
    assertThat(log.poll(30, TimeUnit.SECONDS))
        .contains("/v1/traces failed: the controller answered 400");
    assertThat(telemetry.dropped()).isEqualTo(1);
    assertThat(collector.traces).isEmpty();
  }

  @Test
  void spans_moreThanTheQueueHolds_areDroppedAndCountedInAMetric() throws InterruptedException {
    for (int i = 0; i < 9000; i++) {
      attempt(Message.http("orders:8080", "GET", "/")).responded(200, Outcome.NOT_GRPC);
    }

    assertThat(telemetry.dropped()).isEqualTo(9000 - 8192);
    sdkMayStart.countDown();
    assertThat(collector.spans(8192)).hasSize(8192);
    collector.counter("endomesh.telemetry.dropped", "spans", 9000 - 8192);
  }

  @Test
  void attempts_ofOneCall_areSiblingsWithAResendCount() throws InterruptedException {
    sdkMayStart.countDown();
    Message request = Message.http("orders:8080", "GET", "/");
    Call call = call(request);
    Attempt first = (Attempt) call.next();
    String firstHeader = request.headers.get("traceparent");
    first.responded(503, Outcome.NOT_GRPC);
    Attempt second = (Attempt) call.next();
    String secondHeader = request.headers.get("traceparent");
    second.responded(200, Outcome.NOT_GRPC);

    List<Span> spans = collector.spans(2);
    assertThat(attributes(spans.get(0).getAttributesList()))
        .contains(entry("error.type", "503"))
        .doesNotContainKeys("http.request.resend_count", "endomesh.retry");
    assertThat(attributes(spans.get(1).getAttributesList()))
        .contains(entry("http.request.resend_count", "1"), entry("endomesh.retry", "true"));
    assertThat(spans.get(1).getTraceId()).isEqualTo(spans.get(0).getTraceId());
    assertThat(firstHeader).isEqualTo(header(spans.get(0)));
    assertThat(secondHeader).isEqualTo(header(spans.get(1)));
  }

  @Test
  void attempts_ofOneCall_tellFirstFromLastInTheMetric() throws InterruptedException {
    sdkMayStart.countDown();
    Call call = call(Message.http("orders:8080", "GET", "/"));
    ((Attempt) call.next()).responded(503, Outcome.NOT_GRPC);
    ((Attempt) call.next()).responded(503, Outcome.NOT_GRPC);
    ((Attempt) call.next()).responded(200, Outcome.NOT_GRPC);

    List<Map<String, String>> series = collector.series("http.client.request.duration", 3);

    assertThat(series)
        .filteredOn(attributes -> !attributes.containsKey("endomesh.retry"))
        .singleElement()
        .satisfies(
            first ->
                assertThat(first)
                    .contains(entry("endomesh.retried", "true"), entry("error.type", "503")));
    assertThat(series)
        .filteredOn(attributes -> !attributes.containsKey("endomesh.retried"))
        .singleElement()
        .satisfies(
            last ->
                assertThat(last)
                    .contains(
                        entry("endomesh.retry", "true"),
                        entry("http.response.status_code", "200")));
  }

  @Test
  void attempt_thatFailed_namesTheException() throws InterruptedException {
    sdkMayStart.countDown();

    attempt(Message.http("orders:8080", "GET", "/")).failed(new ConnectException("secret"), true);

    Span span = collector.spans(1).get(0);
    assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
    assertThat(span.toString()).doesNotContain("secret");
    assertThat(attributes(span.getAttributesList()))
        .contains(entry("error.type", "java.net.ConnectException"))
        .doesNotContainKey("http.response.status_code");
  }

  @Test
  void attempt_abandoned_isSaidToBe() throws InterruptedException {
    sdkMayStart.countDown();

    attempt(Message.http("orders:8080", "GET", "/")).abandoned(null);

    assertThat(attributes(collector.spans(1).get(0).getAttributesList()))
        .contains(entry("error.type", "abandoned"));
  }

  @Test
  void grpcAttempt_withAStatus_isNamedByItsMethod() throws InterruptedException {
    sdkMayStart.countDown();

    attempt(Message.grpc("orders:8080", "/shop.Orders/Find")).responded(200, 5);

    Span span = collector.spans(1).get(0);
    assertThat(span.getName()).isEqualTo("shop.Orders/Find");
    assertThat(attributes(collector.point("rpc.client.call.duration", 1).getAttributesList()))
        .containsOnly(
            entry("rpc.system.name", "grpc"),
            entry("rpc.method", "shop.Orders/Find"),
            entry("rpc.response.status_code", "NOT_FOUND"),
            entry("error.type", "NOT_FOUND"),
            entry("server.address", "orders"),
            entry("server.port", "8080"),
            entry("endomesh.destination", "orders.shop"),
            entry("endomesh.cluster", "outbound|8080||orders.shop"),
            entry("endomesh.tls", "false"));
  }

  @Test
  void call_answeredByTheMesh_isMeasuredAndLogged() throws InterruptedException {
    sdkMayStart.countDown();

    assertThat(call(Message.http("nowhere", "GET", "/x")).next()).isInstanceOf(Reply.class);

    assertThat(attributes(collector.spans(1).get(0).getAttributesList()))
        .contains(
            entry("endomesh.destination", "nowhere.shop"),
            entry("endomesh.policy", "endpoint"),
            entry("http.response.status_code", "503"),
            entry("error.type", "503"));
    assertThat(log.poll(30, TimeUnit.SECONDS))
        .startsWith(
            "not sent destination=nowhere.shop method=GET path=/x policy=\"endpoint\" status=503");
  }

  @Test
  void traceparent_thatTheApplicationSet_staysAndIsTheParent() throws InterruptedException {
    sdkMayStart.countDown();
    Message request = Message.http("orders:8080", "GET", "/").with("traceparent", TRACEPARENT);
    Call call = call(request);
    ((Attempt) call.next()).responded(503, Outcome.NOT_GRPC);
    ((Attempt) call.next()).responded(200, Outcome.NOT_GRPC);

    assertThat(request.headers).containsOnly(entry("traceparent", TRACEPARENT));
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
      assertThat(refused.refusal()).isNotNull();
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
  void method_thatNobodyKnows_makesNoSeriesOfItsOwn() throws InterruptedException {
    sdkMayStart.countDown();
    for (int i = 0; i < 20; i++) {
      mesh.serve(Message.arrivedAt(Shop.OPEN_PORT, "X" + i, "/")).ended(405, -1, null);
    }

    assertThat(attributes(collector.point("http.server.request.duration", 20).getAttributesList()))
        .contains(entry("http.request.method", "_OTHER"));
    Span span = collector.spans(20).get(0);
    assertThat(span.getName()).isEqualTo("HTTP");
    assertThat(attributes(span.getAttributesList()))
        .contains(entry("http.request.method_original", "X0"));
  }

  @Test
  void statement_executed_makesADatabaseSpan() throws InterruptedException {
    sdkMayStart.countDown();
    Database database =
        new Database(
            "postgresql",
            "orders-db.shop",
            "orders-db",
            5432,
            "orders",
            InetSocketAddress.createUnresolved("10.0.0.9", 15432));
    SqlStatement select =
        new SqlStatement("SELECT", "orders", "SELECT orders", "SELECT * FROM orders WHERE id = ?");

    mesh.statement(database, select, 1).ended(null, null);
    DatabaseCall failing = mesh.statement(database, select, 3);
    failing.ended(new SQLException("secret"), "23505");

    List<Span> spans = collector.spans(2);
    assertThat(spans.get(0).getName()).isEqualTo("SELECT orders");
    assertThat(attributes(spans.get(0).getAttributesList()))
        .containsOnly(
            entry("db.system.name", "postgresql"),
            entry("db.namespace", "orders"),
            entry("db.operation.name", "SELECT"),
            entry("db.collection.name", "orders"),
            entry("db.query.summary", "SELECT orders"),
            entry("db.query.text", "SELECT * FROM orders WHERE id = ?"),
            entry("server.address", "orders-db"),
            entry("server.port", "5432"),
            entry("network.peer.address", "10.0.0.9"),
            entry("network.peer.port", "15432"),
            entry("endomesh.destination", "orders-db.shop"));
    assertThat(attributes(spans.get(1).getAttributesList()))
        .contains(
            entry("error.type", "23505"),
            entry("db.response.status_code", "23505"),
            entry("db.operation.batch.size", "3"));
    assertThat(spans.toString()).doesNotContain("secret");
    collector.histogram("db.client.operation.duration", all -> Collector.count(all) == 2);
  }

  @Test
  void connection_ofAnotherProtocol_isNoCall() throws InterruptedException {
    sdkMayStart.countDown();
    Message connect = Message.tcp("orders:8080");

    attempt(connect).responded(0, Outcome.NOT_GRPC);
    attempt(Message.http("orders:8080", "GET", "/")).responded(200, Outcome.NOT_GRPC);

    assertThat(connect.headers).isEmpty();
    assertThat(collector.spans(1).get(0).getName()).isEqualTo("GET");
    assertThat(collector.point("http.client.request.duration", 1).getCount()).isEqualTo(1);
  }

  @Test
  void sampling_ofNone_keepsMeasuringAndPropagating() throws InterruptedException {
    Telemetry unsampled =
        telemetry(new TelemetrySettings(0, 100, Duration.ofMillis(5), "1"), collector);
    Message request = Message.http("orders:8080", "GET", "/");
    sdkMayStart.countDown();

    ((Attempt) call(Shop.mesh(unsampled), request).next()).responded(200, -1);

    assertThat(collector.point("http.client.request.duration", 1).getCount()).isEqualTo(1);
    unsampled.close(Duration.ofSeconds(30));
    assertThat(collector.traces).isEmpty();
    assertThat(request.headers.get("traceparent")).endsWith("-00");
  }

  @Test
  void tracesPerSecond_moreCalls_measuresAllAndTellsOfSome() throws InterruptedException {
    Telemetry limited =
        new Telemetry(
            Shop.STOREFRONT,
            new TelemetrySettings(1, 2, Duration.ofMillis(5), "1"),
            collector,
            TelemetryTest::daemon,
            log::add,
            () -> 0, // All within the same second.
            Clock.systemUTC());
    List<String> flags = new ArrayList<>();

    for (int i = 0; i < 3; i++) {
      Message request = Message.http("orders:8080", "GET", "/");
      ((Attempt) call(Shop.mesh(limited), request).next()).responded(200, -1);
      String traceparent = request.headers.get("traceparent");
      flags.add(traceparent.substring(traceparent.length() - 2));
    }

    assertThat(flags).containsExactly("01", "01", "00");
    assertThat(collector.point("http.client.request.duration", 3).getCount()).isEqualTo(3);
    limited.close(Duration.ofSeconds(30));
    assertThat(collector.spans(2)).hasSize(2);
  }

  @Test
  void close_withObservationsLeft_sendsThem() throws InterruptedException {
    AtomicReference<Thread> thread = new AtomicReference<>();
    Telemetry hourly =
        new Telemetry(
            Shop.STOREFRONT,
            new TelemetrySettings(1, 100, Duration.ofHours(1), "1"),
            collector,
            task -> {
              Thread made = daemon(task);
              thread.set(made);
              return made;
            },
            log::add);
    Mesh mesh = Shop.mesh(hourly);
    ((Attempt) call(mesh, Message.http("orders:8080", "GET", "/")).next()).responded(200, -1);
    collector.point("http.client.request.duration", 1);
    ((Attempt) call(mesh, Message.http("orders:8080", "GET", "/")).next()).responded(200, -1);

    hourly.close(Duration.ofSeconds(30));

    assertThat(collector.point("http.client.request.duration", 2).getCount()).isEqualTo(2);
    assertThat(thread.get().isAlive()).isFalse();
  }

  @Test
  void noCall_noThread() throws InterruptedException {
    Telemetry idle =
        new Telemetry(
            Shop.STOREFRONT,
            SETTINGS,
            collector,
            task -> {
              throw new AssertionError("no thread is needed");
            },
            log::add);

    Shop.mesh(idle).call(Message.http("unknown", "GET", "/"));
    idle.close(Duration.ofSeconds(30));

    assertThat(idle.failures()).isZero();
  }

  @Test
  void senderThatThrows_neverReachesTheCall() throws InterruptedException {
    Telemetry broken =
        telemetry(
            SETTINGS,
            (path, type, body) -> {
              throw new IllegalStateException("broken");
            });
    sdkMayStart.countDown();

    ((Attempt) call(Shop.mesh(broken), Message.http("orders:8080", "GET", "/")).next())
        .responded(200, -1);

    assertThat(log.poll(30, TimeUnit.SECONDS))
        .isEqualTo(
            "telemetry: java.lang.IllegalStateException: broken; calls go on, further failures are"
                + " only counted");
    assertThat(broken.failures()).isPositive();
    broken.close(Duration.ofSeconds(30));
  }

  private Telemetry telemetry(TelemetrySettings settings, OtlpSender sender) {
    return new Telemetry(
        Shop.STOREFRONT,
        settings,
        sender,
        task ->
            daemon(
                () -> {
                  try {
                    sdkMayStart.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  task.run();
                }),
        log::add);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "telemetry");
    thread.setDaemon(true);
    return thread;
  }

  private Attempt attempt(Message request) {
    return (Attempt) call(request).next();
  }

  private Call call(Message request) {
    return call(mesh, request);
  }

  private static Call call(Mesh mesh, Message request) {
    Call call = mesh.call(request);
    assertThat(call).isNotNull();
    return call;
  }

  private static String header(Span span) {
    return "00-" + hex(span.getTraceId()) + "-" + hex(span.getSpanId()) + "-01";
  }

  private static String hex(com.google.protobuf.ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
