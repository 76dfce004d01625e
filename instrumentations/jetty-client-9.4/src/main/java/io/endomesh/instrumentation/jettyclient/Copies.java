package io.endomesh.instrumentation.jettyclient;

import io.endomesh.instrumentation.jettyclient.before10.Library;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

/**
 * By what copies for mirrors go out: connections that are nobody else's, no cookies, no passwords.
 * Made with the first copy.
 */
final class Copies {

  /** A selector, who reads what it finds, and a few whose answers come at the same time. */
  private static final int THREADS = 8;

  private static final HttpClient CLIENT = start();

  private Copies() {}

  static HttpClient client() {
    return CLIENT;
  }

  private static HttpClient start() {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS);
    threads.setName("mirror");
    threads.setDaemon(true);
    HttpClient client = new HttpClient();
    client.setExecutor(threads);
    client.setScheduler(new ScheduledExecutorScheduler("mirror-timer", /* daemon= */ true));
    Library.forgetCookies(client);
    try {
      client.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    client.getProtocolHandlers().clear();
    return client;
  }
}
