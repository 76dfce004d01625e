package io.endomesh.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Mesh;
import io.endomesh.telemetry.Shop.Message;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;

/** A workload of the shop whose telemetry goes to a collector. */
abstract class ObservedWorkload {

  static final TelemetrySettings SETTINGS =
      new TelemetrySettings(1.0, 1_000_000, Duration.ofMillis(5), Propagation.DEFAULT, "1.2.3");

  final Collector collector = new Collector();
  final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  final CountDownLatch sdkMayStart = new CountDownLatch(1);
  final Telemetry telemetry = telemetry(SETTINGS, collector);
  final Mesh mesh = Shop.mesh(telemetry);

  @AfterEach
  void endThread() throws InterruptedException {
    sdkMayStart.countDown();
    telemetry.close(Duration.ofSeconds(30));
  }

  Telemetry telemetry(TelemetrySettings settings, OtlpSender sender) {
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

  static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "telemetry");
    thread.setDaemon(true);
    return thread;
  }

  Attempt attempt(Message request) {
    return (Attempt) call(request).next();
  }

  Call call(Message request) {
    return call(mesh, request);
  }

  static Call call(Mesh mesh, Message request) {
    Call call = mesh.call(request);
    assertThat(call).isNotNull();
    return call;
  }

  static String header(Span span) {
    return "00-" + hex(span.getTraceId()) + "-" + hex(span.getSpanId()) + "-01";
  }

  static String hex(com.google.protobuf.ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
