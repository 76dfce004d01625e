package io.endomesh.contracts.armeria.library;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerListener;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Ends servers, and waits no longer than for the begin of it. Stateless. */
final class Stopping {

  private Stopping() {}

  /** Its threads, to which Netty gives two seconds, end by themselves. */
  static void of(Server server) {
    CompletableFuture<Void> begun = new CompletableFuture<>();
    server.addListener(
        ServerListener.builder().whenStopping(stopping -> begun.complete(null)).build());
    server.stop().thenRun(() -> begun.complete(null));
    begun.orTimeout(10, TimeUnit.SECONDS).join();
  }
}
