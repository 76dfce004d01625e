package io.endomesh.contracts.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.Await;
import io.endomesh.testkit.JdbcContract;
import io.endomesh.testkit.TestRoutes;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is promised for pgjdbc beyond the contract. */
abstract class PostgresContract extends JdbcContract {

  @Test
  void connect_interruptedWithinTheDriver_throwsWhatTheDriverThrows() throws Exception {
    ServerSocket silent = open(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));
    routes.host(HOST, TestRoutes.endpoint(silent.getLocalPort(), null));
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    Thread application =
        new Thread(
            () -> {
              try {
                connect(database().url(HOST) + "&loginTimeout=30").close();
              } catch (SQLException | RuntimeException e) {
                thrown.set(e);
              }
            },
            "application");
    application.setDaemon(true);
    application.start();
    Await.until(
        "wait within the driver",
        () -> attempts().size() == 1 && application.getState() == Thread.State.TIMED_WAITING);

    application.interrupt();
    application.join(10_000);

    assertThat(thrown.get()).isNotNull().hasStackTraceContaining("Interrupted");
    assertThat(attempts()).hasSize(1);
  }
}
