package io.endomesh.telemetry;

import static io.endomesh.telemetry.Collector.attributes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.telemetry.Shop.Message;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How observations get to the controller, whatever happens on the way. */
class DeliveryTest extends ObservedWorkload {

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
  void sampling_ofNone_keepsMeasuringAndPropagating() throws InterruptedException {
    Telemetry unsampled =
        telemetry(
            new TelemetrySettings(0, 100, Duration.ofMillis(5), Propagation.DEFAULT, "1"),
            collector);
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
            new TelemetrySettings(1, 2, Duration.ofMillis(5), Propagation.DEFAULT, "1"),
            collector,
            ObservedWorkload::daemon,
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
            new TelemetrySettings(1, 100, Duration.ofHours(1), Propagation.DEFAULT, "1"),
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
  void close_whileTheControllerIsAway_complainsOfNothing() throws InterruptedException {
    Telemetry hourly =
        new Telemetry(
            Shop.STOREFRONT,
            new TelemetrySettings(1, 100, Duration.ofHours(1), Propagation.DEFAULT, "1"),
            collector,
            ObservedWorkload::daemon,
            log::add);
    ((Attempt) call(Shop.mesh(hourly), Message.http("orders:8080", "GET", "/")).next())
        .responded(200, -1);
    collector.spans(1);
    BlockingQueue<String> tried = new LinkedBlockingQueue<>();
    collector.status =
        path -> {
          tried.add(path);
          return 0;
        };

    hourly.close(Duration.ofSeconds(30));

    assertThat(tried).containsExactly("/v1/metrics");
    assertThat(log).isEmpty();
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
}
