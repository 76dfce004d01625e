package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.identity.ClientTls;
import org.apache.http.HttpConnection;
import org.apache.http.HttpHost;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.config.Lookup;
import org.apache.http.conn.socket.ConnectionSocketFactory;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The context of one attempt: the call's, but for what the library is not to find or to leave
 * there. Confined to the thread of the attempt.
 */
final class AttemptContext extends HttpClientContext {

  /**
   * What an attempt is known by, whoever makes it, so that its call goes on as the library has it.
   */
  static final String MARK = "endomesh.attempt";

  /** What the library asks for whenever it opens a connection. */
  private static final String SOCKET_FACTORIES = "http.socket-factory-registry";

  private final HttpHost target;
  private final @Nullable Lookup<ConnectionSocketFactory> factories;
  private @Nullable Object request;
  private @Nullable HttpConnection connection;
  private boolean reused;

  /**
   * @param target with its port: the library would take the endpoint's for it, and find no password
   */
  AttemptContext(HttpContext context, HttpHost target, @Nullable ClientTls tls) {
    super(context);
    this.target = target;
    this.factories =
        tls == null
            ? null
            : scheme -> scheme.equals(MeshRoute.scheme(tls)) ? new MeshSocketFactory(tls) : null;
  }

  @Override
  public @Nullable Object getAttribute(String id) {
    return switch (id) {
      case MARK -> true;
      case HTTP_TARGET_HOST -> target;
      case HTTP_REQUEST -> request == null ? super.getAttribute(id) : request;
      case SOCKET_FACTORIES -> factories == null ? super.getAttribute(id) : factories;
      default -> super.getAttribute(id);
    };
  }

  @Override
  public void setAttribute(String id, @Nullable Object value) {
    if (id.equals(HTTP_REQUEST)) {
      // The application's stays its own.
      request = value;
      return;
    }
    if (id.equals(HTTP_CONNECTION) && connection == null) {
      connection = (HttpConnection) value;
      reused = isConnected();
    }
    super.setAttribute(id, value);
  }

  /** True once the pool has given a connection, open or not. */
  boolean isLeased() {
    return connection != null;
  }

  boolean isConnected() {
    return connection != null && connection.isOpen();
  }

  /** True if the connection was open when the pool gave it. */
  boolean isReused() {
    return reused;
  }
}
