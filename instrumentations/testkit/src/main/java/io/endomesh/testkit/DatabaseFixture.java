package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** What is seen of an application with a database. Holds no promise itself. */
public abstract class DatabaseFixture {

  /** A name that no DNS knows. */
  protected static final String HOST = "orders-db";

  /** One execution that ended. */
  protected record Execution(
      DatabaseCall call, @Nullable Throwable error, @Nullable String sqlState) {

    public String summary() {
      return call.statement().summary();
    }
  }

  protected final TestRoutes routes = new TestRoutes();
  private final List<AutoCloseable> opened = new ArrayList<>();
  final AtomicInteger started = new AtomicInteger();
  final List<Execution> executions = new CopyOnWriteArrayList<>();
  final List<Attempt> attempts = new CopyOnWriteArrayList<>();
  final AtomicInteger ended = new AtomicInteger();

  /** From now on; what was done before to prepare a test is not seen. */
  protected final void observe() {
    Weaving.mesh().observer(new Seeing());
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable resource : opened) {
      resource.close();
    }
    // A pool may be closed while threads of its own still open connections.
    Await.until("end of all attempts", () -> ended.get() == attempts.size());
    // Whoever looks on is told before the endpoint is free.
    Await.until(
        "no attempt in flight",
        () -> attempts.stream().allMatch(attempt -> attempt.endpoint().load().inFlight() == 0));
  }

  protected final <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }

  protected final List<Attempt> attempts() {
    return attempts;
  }

  /** All executions that ended; none goes on. */
  protected final List<Execution> executions() {
    assertThat(executions).hasSize(started.get());
    return executions;
  }

  protected final Execution only() {
    assertThat(executions()).hasSize(1);
    return executions.get(0);
  }

  protected final void assertNoSecrets() {
    assertThat(executions())
        .allSatisfy(
            each -> assertThat(each.call().statement().toString()).doesNotContain("secret"));
  }

  protected static int port(DatabaseCall call) {
    var peer = call.database().peer();
    return peer == null ? 0 : peer.getPort();
  }

  protected static Endpoint refusing() throws IOException {
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return TestRoutes.endpoint(closed.getLocalPort(), null);
    }
  }

  private final class Seeing implements CallObserver {
    @Override
    public @Nullable Object attemptStarted(Attempt attempt) {
      attempts.add(attempt);
      return null;
    }

    @Override
    public void attemptEnded(Attempt attempt, @Nullable Object begun, Outcome outcome) {
      ended.incrementAndGet();
    }

    @Override
    public @Nullable Object statementStarted(DatabaseCall call) {
      started.incrementAndGet();
      return call;
    }

    @Override
    public void statementEnded(
        DatabaseCall call,
        @Nullable Object begun,
        long durationNanos,
        @Nullable Throwable error,
        @Nullable String sqlState) {
      assertThat(begun).isSameAs(call);
      executions.add(new Execution(call, error, sqlState));
    }
  }
}
