package io.endomesh.instrumentation.httpclient5;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.jspecify.annotations.Nullable;

/**
 * The asynchronous client of copies for mirrors: it keeps no cookies, knows no passwords and
 * follows no redirects. Made when the first copy is. Thread-safe.
 */
final class CopyClient {

  /** As many copies as the data plane lets be in flight to one cluster. */
  private static final int MAX_CONNECTIONS = 100;

  private static final CloseableHttpAsyncClient CLIENT = client();

  private CopyClient() {}

  private static CloseableHttpAsyncClient client() {
    PoolingAsyncClientConnectionManager connections = new PoolingAsyncClientConnectionManager();
    connections.setMaxTotal(MAX_CONNECTIONS);
    connections.setDefaultMaxPerRoute(MAX_CONNECTIONS);
    CloseableHttpAsyncClient client =
        HttpAsyncClients.custom()
            .setConnectionManager(connections)
            .setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(1).build())
            .setThreadFactory(CopyClient::daemon)
            .disableAuthCaching()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableRedirectHandling()
            .build();
    client.start();
    return client;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "httpclient-copies");
    thread.setDaemon(true);
    return thread;
  }

  static void execute(CopyProducer copy, FutureCallback<Boolean> end) {
    CLIENT.execute(copy, new Dropped(), end);
  }

  /** Reads an answer and keeps nothing of it. */
  private static final class Dropped implements AsyncResponseConsumer<Boolean> {
    private @Nullable FutureCallback<Boolean> result;

    @Override
    public void consumeResponse(
        HttpResponse response,
        @Nullable EntityDetails body,
        HttpContext context,
        FutureCallback<Boolean> callback) {
      if (body == null) {
        callback.completed(true);
      } else {
        result = callback;
      }
    }

    @Override
    public void informationResponse(HttpResponse response, HttpContext context) {}

    @Override
    public void updateCapacity(CapacityChannel channel) throws java.io.IOException {
      channel.update(Integer.MAX_VALUE);
    }

    @Override
    public void consume(ByteBuffer part) {
      part.position(part.limit());
    }

    @Override
    public void streamEnd(@Nullable List<? extends Header> trailers) {
      if (result != null) {
        result.completed(true);
      }
    }

    @Override
    public void failed(Exception cause) {}

    @Override
    public void releaseResources() {}
  }
}
