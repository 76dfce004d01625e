package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.identity.ClientTls;
import java.net.InetSocketAddress;
import org.apache.hc.client5.http.nio.ManagedAsyncClientConnection;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The TLS that a connection of an attempt begins with, while this thread has the library connect.
 * The library connects as in plaintext, and is told of the connection when it speaks TLS. Confined
 * to the thread.
 */
final class AsyncHandshake {

  private static final ThreadLocal<AsyncHandshake> CURRENT = new ThreadLocal<>();

  private final ClientTls tls;
  private final InetSocketAddress endpoint;
  private boolean taken;

  private AsyncHandshake(ClientTls tls, InetSocketAddress endpoint) {
    this.tls = tls;
    this.endpoint = endpoint;
  }

  /** What has the library connect. */
  interface Connecting {
    @Nullable Object connect() throws Throwable;
  }

  static @Nullable Object around(ClientTls tls, InetSocketAddress endpoint, Connecting connecting)
      throws Throwable {
    AsyncHandshake outer = CURRENT.get();
    CURRENT.set(new AsyncHandshake(tls, endpoint));
    try {
      return connecting.connect();
    } finally {
      if (outer == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(outer);
      }
    }
  }

  /**
   * The arguments that a connection is to be opened by, null for those given: its host in
   * plaintext, its callback, the last, behind a handshake. Of methods that call each other only the
   * outermost is changed.
   */
  static @Nullable Object @Nullable [] into(@Nullable Object[] arguments) {
    AsyncHandshake handshake = CURRENT.get();
    int last = arguments.length - 1;
    if (handshake == null
        || handshake.taken
        || last < 0
        || !(arguments[last] instanceof FutureCallback<?> callback)) {
      return null;
    }
    handshake.taken = true;
    Timeout timeout = null;
    @Nullable Object[] changed = arguments.clone();
    for (int i = 0; i < last; i++) {
      if (changed[i] instanceof Timeout given) {
        timeout = given;
      } else if (changed[i] instanceof HttpHost host && host.getAddress() != null) {
        changed[i] = MeshRoute.inPlaintext(host);
      }
    }
    changed[last] =
        new TlsBeginning(
            handshake.tls,
            handshake.endpoint,
            timeout,
            HttpVersions.of(arguments),
            asTold(callback));
    return changed;
  }

  @SuppressWarnings("unchecked") // What the woven method declares.
  private static FutureCallback<ManagedAsyncClientConnection> asTold(FutureCallback<?> callback) {
    return (FutureCallback<ManagedAsyncClientConnection>) callback;
  }
}
