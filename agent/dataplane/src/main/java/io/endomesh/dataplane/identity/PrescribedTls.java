package io.endomesh.dataplane.identity;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * TLS that a library begins by itself, in the midst of a protocol of its own, and must begin as the
 * mesh says: while it opens a connection, the JDK gives it sockets that check the server, and show
 * a certificate, as prescribed. Whatever the application gave the library for that is not used. It
 * is here, and not beside an instrumentation, because the code woven into the library and that
 * woven into the JDK have different class loaders. Thread-safe.
 */
public final class PrescribedTls {

  /**
   * On the thread that opens, and on one that the library begins to wait no longer for than it
   * likes, as PostgreSQL's driver does. A thread that lives longer keeps one that has ended.
   */
  private static final ThreadLocal<@Nullable PrescribedTls> OPENING =
      new InheritableThreadLocal<>();

  /**
   * Servers with which such TLS was begun. Libraries connect once more to the same to cancel what
   * runs there, on other threads and much later.
   */
  private static final ConcurrentMap<InetSocketAddress, OriginatedTls> BEGUN =
      new ConcurrentHashMap<>();

  /**
   * More servers than a JVM speaks to; addresses of those that are long gone are let go with it.
   */
  private static final int MAX_SERVERS = 1_000;

  private final Function<Socket, @Nullable ClientTls> prescription;
  private volatile boolean open = true;
  private volatile boolean begun;

  private PrescribedTls(Function<Socket, @Nullable ClientTls> prescription) {
    this.prescription = prescription;
    OPENING.set(this);
  }

  /**
   * What follows on this thread, up to {@link #end}, opens a connection that needs this TLS.
   *
   * @param ours null if this workload has no certificate
   */
  public static PrescribedTls of(OriginatedTls tls, @Nullable Identity ours) {
    return new PrescribedTls(
        socket -> {
          if (socket.getRemoteSocketAddress() instanceof InetSocketAddress address) {
            if (BEGUN.size() >= MAX_SERVERS) {
              BEGUN.clear();
            }
            BEGUN.put(address, tls);
          }
          return tls.with(ours);
        });
  }

  /**
   * What follows on this thread, up to {@link #end}, connects once more to where such TLS may have
   * been begun; elsewhere nothing is prescribed.
   *
   * @param ours null if this workload has no certificate
   */
  public static PrescribedTls again(@Nullable Identity ours) {
    return new PrescribedTls(
        socket -> {
          OriginatedTls tls =
              socket.getRemoteSocketAddress() instanceof InetSocketAddress address
                  ? BEGUN.get(address)
                  : null;
          return tls == null ? null : tls.with(ours);
        });
  }

  public void end() {
    open = false;
    OPENING.remove();
  }

  /** True if the library asked for a socket; a connection of one that did not is worth nothing. */
  public boolean begun() {
    return begun;
  }

  /**
   * A socket over another, as {@code SSLSocketFactory.createSocket} makes it.
   *
   * @return null if nothing is prescribed for this thread
   */
  public static @Nullable Socket over(Socket connected, String host, int port, boolean autoClose)
      throws IOException {
    PrescribedTls opening = OPENING.get();
    return opening == null || !opening.open
        ? null
        : opening.layer(connected, host, port, autoClose);
  }

  private @Nullable Socket layer(Socket connected, String host, int port, boolean autoClose)
      throws IOException {
    ClientTls tls = prescription.apply(connected);
    if (tls == null) {
      return null;
    }
    // Ours is made where this is asked.
    open = false;
    try {
      Socket secured =
          tls.context().getSocketFactory().createSocket(connected, host, port, autoClose);
      begun = true;
      return secured;
    } finally {
      open = true;
    }
  }
}
