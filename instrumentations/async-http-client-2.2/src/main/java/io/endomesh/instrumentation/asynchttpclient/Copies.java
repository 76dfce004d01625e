package io.endomesh.instrumentation.asynchttpclient;

import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ThreadFactory;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClientConfig;

/**
 * By what copies for mirrors go out: connections that are nobody else's, no cookies. Made with the
 * first copy.
 */
final class Copies {

  /** Of nothing that keeps the JVM from its end. */
  private static final ThreadFactory THREADS =
      new DefaultThreadFactory("mirror", /* daemon= */ true);

  static final AsyncHttpClient CLIENT =
      new DefaultAsyncHttpClient(
          new DefaultAsyncHttpClientConfig.Builder()
              .setCookieStore(null)
              .setIoThreadsCount(1)
              .setThreadFactory(THREADS)
              .setNettyTimer(new HashedWheelTimer(THREADS))
              .build());

  private Copies() {}
}
