package io.endomesh.telemetry;

import static io.endomesh.telemetry.Collector.attributes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.SqlStatement;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.Dialect;
import io.endomesh.dataplane.database.SqlText;
import io.endomesh.dataplane.database.StatementClass;
import io.endomesh.dataplane.database.StatementClasses;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.telemetry.Shop.Message;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What goes out for each attempt of a call that goes through the data plane. */
class CallTelemetryTest extends ObservedWorkload {

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
  void attempts_ofAHedgedCall_areSiblings_andTheOneThatLostIsMarkedAndNoError()
      throws InterruptedException {
    sdkMayStart.countDown();
    Attempt slow = attempt(Message.http("stock:8080", "GET", "/"));
    Attempt fast = Objects.requireNonNull(slow.hedge());
    fast.responded(200, Outcome.NOT_GRPC);
    slow.abandoned(new CancellationException());

    List<Span> spans = collector.spans(2);
    assertThat(attributes(spans.get(0).getAttributesList()))
        .contains(entry("http.request.resend_count", "1"), entry("endomesh.retry", "true"))
        .doesNotContainKeys("endomesh.superseded", "endomesh.retried");
    assertThat(attributes(spans.get(1).getAttributesList()))
        .contains(entry("endomesh.superseded", "true"), entry("endomesh.retried", "true"))
        .doesNotContainKeys("error.type", "http.response.status_code");
    assertThat(spans.get(1).getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
    assertThat(spans.get(1).getTraceId()).isEqualTo(spans.get(0).getTraceId());
    assertThat(spans.get(1).getSpanId()).isNotEqualTo(spans.get(0).getSpanId());
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
            "orders-db:5432",
            InetSocketAddress.createUnresolved("10.0.0.9", 15432));
    SqlStatement select =
        new SqlStatement(
            "SELECT",
            "orders",
            "SELECT orders",
            "SELECT * FROM orders WHERE id = ?",
            StatementClasses.of(StatementClass.READ));

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
  void statement_refusedOrSlow_isLoggedWithItsTextAndPolicy() throws InterruptedException {
    sdkMayStart.countDown();
    DatabasePolicy policy =
        new DatabasePolicy(
            "DatabasePolicy/shop/db",
            List.of(new DatabasePolicy.Grant(List.of(), StatementClasses.of(StatementClass.READ))),
            0,
            1);
    mesh.publish(
        new Snapshot(
            2,
            Map.of("orders-db", new VirtualHost("orders-db.shop", List.of(), policy)),
            Inbound.OPEN,
            null));
    Database database =
        new Database("postgresql", "orders-db.shop", "orders-db", 0, null, "orders-db", null);

    DatabaseCall refused =
        mesh.statement(
            database,
            SqlText.describe("DELETE FROM \"Orders\" WHERE sku = 'secret'", Dialect.POSTGRESQL),
            1);
    refused.ended(new SQLException(refused.refusal().message()), refused.refusal().sqlState());
    assertThat(log.poll(30, TimeUnit.SECONDS))
        .startsWith(
            "refused statement destination=orders-db.shop policy=\"DatabasePolicy/shop/db\""
                + " text=\"DELETE FROM 'Orders' WHERE sku = ?\" state=42501 trace=");
    assertThat(attributes(collector.spans(1).get(0).getAttributesList()))
        .contains(
            entry("endomesh.policy", "DatabasePolicy/shop/db"),
            entry("db.response.status_code", "42501"));

    mesh.statement(
            database, SqlText.describe("SELECT 'secret'\nFROM orders", Dialect.POSTGRESQL), 1)
        .ended(null, null);
    assertThat(log.poll(30, TimeUnit.SECONDS))
        .matches(
            "slow statement destination=orders-db\\.shop millis=\\d+"
                + " policy=\"DatabasePolicy/shop/db\" text=\"SELECT \\? FROM orders\" trace=.*");
    assertThat(log).isEmpty();
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
}
