package io.endomesh.instrumentation.grpc;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * Objects that the core and the transports of one copy of gRPC must have in common, although each
 * part is loaded by a class loader of its own: keys of attributes, which gRPC compares by identity.
 * They live as long as the copy of gRPC does. Thread-safe.
 */
public final class Shared {

  /** On a connection's address group: the TLS to connect with. */
  public static final String CLIENT_TLS = "io.endomesh.clientTls";

  /** On a served connection's attributes: its TLS session is the mesh's own, and can be trusted. */
  public static final String MESH_SESSION = "io.endomesh.meshSession";

  /** On the attributes of a served connection that the mesh looked at: closes it. */
  public static final String CLOSE = "io.endomesh.close";

  private static final ClassValue<ConcurrentMap<String, Object>> OBJECTS =
      new ClassValue<>() {
        @Override
        protected ConcurrentMap<String, Object> computeValue(Class<?> owner) {
          return new ConcurrentHashMap<>();
        }
      };

  private static final ThreadLocal<Boolean> TRANSPORT_READY = new ThreadLocal<>();

  private Shared() {}

  /**
   * The one object of that name for one copy of a library class.
   *
   * @param make must not refer to anything that outlives {@code owner}'s class loader
   */
  @SuppressWarnings("unchecked")
  public static <T> T object(Class<?> owner, String name, Supplier<T> make) {
    return (T) OBJECTS.get(owner).computeIfAbsent(name, key -> make.get());
  }

  /** A transport was made, on this thread, that takes TLS from the mesh. */
  public static void transportReady() {
    TRANSPORT_READY.set(true);
  }

  /** True once after {@link #transportReady}, on the same thread. */
  public static boolean takeTransportReady() {
    boolean ready = TRANSPORT_READY.get() != null;
    TRANSPORT_READY.remove();
    return ready;
  }
}
