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
 *
 * <p>The time is one for all: it begins with the first call, and when it is over no call waits any
 * more. Calls to addresses never wait, no service is called by one.
 */
final class StartingDiscovery implements Discovery {

  /**
   * Loading the connection's classes takes half a second of CPU time, which is seconds on a machine
   * that starts several services at once.
   */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final long timeoutNanos;
  private final CountDownLatch up = new CountDownLatch(1);
  private volatile Discovery real = Discovery.NONE;

  /** On the nanoTime clock; null before the first call. Guarded by this. */
  private @Nullable Long deadlineNanos;

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
    if (up.getCount() > 0 && isAddress(authority)) {
      // Few meshes care for addresses, and who does is not known yet: nobody waits for that.
      return null;
    }
    try {
      if (!up.await(nanosLeft(), TimeUnit.NANOSECONDS)) {
        return null;
      }
    } catch (InterruptedException e) {
      // The application wants its thread back; this call goes on without the mesh.
      Thread.currentThread().interrupt();
      return null;
    }
    return real.lookup(authority);
  }

  private synchronized long nanosLeft() {
    if (deadlineNanos == null) {
      deadlineNanos = System.nanoTime() + timeoutNanos;
    }
    return deadlineNanos - System.nanoTime();
  }

  /** {@code 10.0.0.1:80}, {@code [::1]:80}, {@code localhost:80}. */
  private static boolean isAddress(String authority) {
    if (authority.startsWith("[")) {
      return true;
    }
    int colon = authority.indexOf(':');
    String host = colon < 0 ? authority : authority.substring(0, colon);
    // No top-level domain begins with a digit, so neither does the last label of a name.
    int lastLabel = host.lastIndexOf('.') + 1;
    return host.equals("localhost")
        || lastLabel > 0 && lastLabel < host.length() && Character.isDigit(host.charAt(lastLabel));
  }
}
