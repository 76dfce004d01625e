package io.endomesh.controller.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.etcd.RealEtcd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a controller said that it has, it has after kill -9. {@code -Dkills=1000} for long. */
class KillTest {

  private static final int KILLS = Integer.getInteger("kills", 10);

  /** Writes between two kills; the kill comes while more are on their way. */
  private static final int WRITES = 20;

  @TempDir Path directory;

  /** Each start waits for the lease of the one before: some ten seconds. */
  private static final int KILLS_ON_ETCD = Integer.getInteger("kills", 2);

  @Test
  void killed_duringAcknowledgedWrites_hasThemAll() throws Exception {
    kill(KILLS);
  }

  @Test
  void killed_duringAcknowledgedWritesToEtcd_hasThemAll() throws Exception {
    Path key = directory.resolve("key");
    Files.writeString(key, Base64.getEncoder().encodeToString(new byte[32]));
    try (RealEtcd etcd = RealEtcd.start(directory.resolve("etcd"))) {
      kill(KILLS_ON_ETCD, "--store=" + etcd.url(), "--seal-key-file=" + key);
    }
  }

  private void kill(int kills, String... options) throws Exception {
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicInteger sent = new AtomicInteger();
    for (int kill = 0; kill < kills; kill++) {
      try (ControllerJvm controller = ControllerJvm.start(directory, options)) {
        check(controller, acknowledged.get(), sent.get());
        CountDownLatch enough = new CountDownLatch(WRITES);
        Thread writer = new Thread(() -> write(controller, acknowledged, sent, enough), "writer");
        writer.start();
        enough.await();

        controller.kill();

        writer.join();
      }
    }
    try (ControllerJvm controller = ControllerJvm.start(directory, options)) {
      check(controller, acknowledged.get(), sent.get());
    }
    assertThat(acknowledged.get()).isGreaterThanOrEqualTo(kills * WRITES);
  }

  /** Counts in one resource until the controller is gone. */
  private static void write(
      ControllerJvm controller,
      AtomicInteger acknowledged,
      AtomicInteger sent,
      CountDownLatch enough) {
    try {
      while (true) {
        int number = sent.incrementAndGet();
        int status =
            controller
                .apply(
                    """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: counted, namespace: shop, annotations: {number: "%d"}}
                    spec: {selector: {app: counted}}
                    """
                        .formatted(number))
                .statusCode();
        if (status == 200) {
          acknowledged.set(number);
          enough.countDown();
        }
      }
    } catch (IOException e) {
      // It was killed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void check(ControllerJvm controller, int acknowledged, int sent) throws Exception {
    if (acknowledged == 0) {
      return;
    }
    JsonNode counted = controller.json("/api/v1/namespaces/shop/services/counted");
    int kept = counted.findValue("annotations").path("number").asInt();
    assertThat(kept).isBetween(acknowledged, sent);
  }
}
