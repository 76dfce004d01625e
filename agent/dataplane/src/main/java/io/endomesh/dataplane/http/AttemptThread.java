package io.endomesh.dataplane.http;

import io.endomesh.dataplane.CallContext;

/**
 * Threads for what a blocking library cannot do on the caller's: attempts beside another, copies
 * for mirrors, breaking off what took too long. Each ends with its one task; there is none unless a
 * policy asks for one of these.
 */
final class AttemptThread {

  /** Of all of them; they come and go. */
  private static final String NAME = "endomesh-attempt";

  private AttemptThread() {}

  static void start(CallContext context, Runnable task) {
    Runnable onBehalf =
        () -> {
          // Code of the application inside the library may make calls itself.
          context.attach();
          task.run();
        };
    Thread thread = new Thread(null, onBehalf, NAME, 0, /* inheritThreadLocals= */ false);
    thread.setDaemon(true);
    thread.start();
  }
}
