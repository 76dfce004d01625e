package io.endomesh.instrumentation.urlconnection;

import io.endomesh.weaving.WeakIdentityMap;
import java.io.IOException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a {@code sun.net.www.http.HttpClient} to an endpoint. Immutable.
 *
 * @param key of the JDK's pool
 * @param socket below any TLS
 */
record PooledSocket(PoolKey key, Socket socket) {

  /** Of clients of the JDK that are connected to an endpoint; no other is among them. */
  private static final WeakIdentityMap<Object, PooledSocket> ALL = new WeakIdentityMap<>();

  /** Null if the client knows nothing of the mesh. */
  static @Nullable PooledSocket of(Object client) {
    return ALL.get(client);
  }

  void belongTo(Object client) {
    ALL.put(client, this);
  }

  /** From any thread. Below TLS, where closing sends nothing and waits for nobody. */
  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
  }
}
