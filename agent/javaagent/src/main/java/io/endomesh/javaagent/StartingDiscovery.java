package io.endomesh.javaagent;

import io.endomesh.dataplane.AgentThread;
import io.endomesh.dataplane.Discovery;
import io.endomesh.dataplane.route.VirtualHost;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for the controller connection while that is being loaded, so that the first call of the
 * application is in the mesh already: it waits, by a bounded time, and asks then. Thread-safe.
 */
final class StartingDiscovery implements Discovery {

  private final long timeoutNanos;
  private final CountDownLatch up = new CountDownLatch(1);
  private volatile Discovery real = Discovery.NONE;

  StartingDiscovery(Duration timeout) {
    this.timeoutNanos = timeout.toNanos();
  }

  /** Ends all waiting. With {@link Discovery#NONE}: there will be no connection. */
  void handOver(Discovery discovery) {
    real = discovery;
    up.countDown();
  }

  @Override
  public @Nullable VirtualHost lookup(String authority) {
    if (Thread.currentThread() instanceof AgentThread) {
      return null;
    }
    try {
      if (!up.await(timeoutNanos, TimeUnit.NANOSECONDS)) {
        return null;
      }
    } catch (InterruptedException e) {
      // The application wants its thread back; this call goes on without the mesh.
      Thread.currentThread().interrupt();
      return null;
    }
    return real.lookup(authority);
  }
}
