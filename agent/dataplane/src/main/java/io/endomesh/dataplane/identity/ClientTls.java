package io.endomesh.dataplane.identity;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * How to connect to one expected identity with one certificate of ours, or to a {@link
 * OriginatedTls server outside the mesh}. Compared by identity: two objects never share a
 * connection or a TLS session, so a changed policy or certificate takes effect on the next call.
 */
public final class ClientTls {

  private static final AtomicLong LAST_NUMBER = new AtomicLong();

  private final long number = LAST_NUMBER.incrementAndGet();
  private final String expectedIdentity;
  private final SSLContext context;

  ClientTls(String expectedIdentity, SSLContext context) {
    this.expectedIdentity = expectedIdentity;
    this.context = context;
  }

  /** Of no other object in this JVM: for libraries that pool their connections by a name. */
  public long number() {
    return number;
  }

  /** SPIFFE id that the peer must prove; names for a server outside the mesh. */
  public String expectedIdentity() {
    return expectedIdentity;
  }

  /**
   * Begins this TLS on a connected socket, for libraries that block. The socket returned has
   * finished its handshake, and closes the other.
   *
   * @param endpoint what it is connected to; stands for the peer in place of a host name, so that
   *     none is asked for or checked by it
   * @param timeoutMillis for each read of the handshake, 0 for none
   * @throws IOException if the peer does not prove what is expected, among other reasons
   */
  public SSLSocket begin(Socket socket, InetSocketAddress endpoint, int timeoutMillis)
      throws IOException {
    int later = socket.getSoTimeout();
    socket.setSoTimeout(timeoutMillis);
    String host = endpoint.getAddress().getHostAddress();
    SSLSocket secured =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(socket, host, endpoint.getPort(), /* autoClose= */ true);
    secured.startHandshake();
    secured.getSession().putValue(BEGUN_HERE, true);
    secured.setSoTimeout(later);
    return secured;
  }

  /**
   * True of an open socket that {@link #begin} made: the application knows nothing of its session.
   */
  public static boolean began(@Nullable Socket socket) {
    return socket instanceof SSLSocket secured
        && !secured.isClosed()
        && began(secured.getSession());
  }

  /** True of the session of a socket that {@link #begin} made: its peer is who it should be. */
  public static boolean began(SSLSession session) {
    return session.getValue(BEGUN_HERE) != null;
  }

  private static final String BEGUN_HERE = "io.endomesh.begun";

  /** Its trust manager checks chain and identity by itself; host names are not JSSE's concern. */
  public SSLContext context() {
    return context;
  }
}
