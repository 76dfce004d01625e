package io.endomesh.instrumentation.armeria.client;

import io.endomesh.dataplane.identity.ClientTls;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The name that the library pools connections of the mesh by, beside address and port: it says
 * their TLS, and what they are for. It is no name of a host that anybody could call (RFC 6761,
 * 6.4), and asked of no DNS. Thread-safe.
 */
final class PooledHost {

  private static final String SUFFIX = ".endomesh.invalid";
  private static final String TLS = "tls-";
  private static final String PLAINTEXT = "plaintext";

  /** A gRPC server speaks nothing but HTTP/2, a backend of plain HTTP may speak none of it. */
  private static final String HTTP_2 = "-h2";

  /** Connections of copies are not those of calls. */
  private static final String COPIES = "-copies";

  /** Those that calls are made by: who makes one holds its TLS. */
  private static final Map<String, WeakReference<ClientTls>> KNOWN = new ConcurrentHashMap<>();

  private PooledHost() {}

  /**
   * @param tls null for none
   */
  static String of(@Nullable ClientTls tls, boolean speaksHttp2, boolean isCopy) {
    String name =
        (tls == null ? PLAINTEXT : TLS + tls.number())
            + (speaksHttp2 ? HTTP_2 : "")
            + (isCopy ? COPIES : "")
            + SUFFIX;
    if (tls != null && !KNOWN.containsKey(name)) {
      KNOWN.values().removeIf(each -> each.get() == null);
      KNOWN.put(name, new WeakReference<>(tls));
    }
    return name;
  }

  static boolean isOne(@Nullable String host) {
    return host != null && host.endsWith(SUFFIX);
  }

  static boolean speaksHttp2(String host) {
    return host.contains(HTTP_2);
  }

  static boolean hasTls(String host) {
    return host.startsWith(TLS) && isOne(host);
  }

  /** Null if it has none, or nobody calls by it any more. */
  static @Nullable ClientTls tls(String host) {
    @Nullable WeakReference<ClientTls> known = KNOWN.get(host);
    return known == null ? null : known.get();
  }
}
