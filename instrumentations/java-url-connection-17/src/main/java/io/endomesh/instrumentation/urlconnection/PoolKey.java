package io.endomesh.instrumentation.urlconnection;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.identity.ClientTls;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.WeakHashMap;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Connections that an attempt may share: those of one endpoint and one TLS. The JDK's pool compares
 * keys by identity, so there is one object of each. Immutable.
 *
 * @param tls of the mesh, null without
 * @param ownTls that the application's TLS comes from, null without
 */
record PoolKey(
    InetSocketAddress address, @Nullable ClientTls tls, @Nullable SSLSocketFactory ownTls) {

  /** Held by the pool and by connections; guarded by itself. */
  private static final Map<PoolKey, WeakReference<PoolKey>> ALL = new WeakHashMap<>();

  static PoolKey of(Attempt attempt, @Nullable SSLSocketFactory ownTls) {
    PoolKey key = new PoolKey(attempt.endpoint().address(), attempt.tls(), ownTls);
    synchronized (ALL) {
      WeakReference<PoolKey> reference = ALL.get(key);
      PoolKey known = reference == null ? null : reference.get();
      if (known != null) {
        return known;
      }
      ALL.put(key, new WeakReference<>(key));
      return key;
    }
  }
}
