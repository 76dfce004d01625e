package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.identity.ClientTls;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.apache.http.ConnectionClosedException;
import org.apache.http.HttpHost;
import org.apache.http.config.Lookup;
import org.apache.http.nio.NHttpClientConnection;
import org.apache.http.nio.conn.ManagedNHttpClientConnection;
import org.apache.http.nio.conn.SchemeIOSessionStrategy;
import org.apache.http.nio.reactor.IOSession;
import org.apache.http.nio.reactor.ssl.SSLIOSession;
import org.apache.http.nio.reactor.ssl.SSLMode;
import org.apache.http.nio.reactor.ssl.SSLSetupHandler;
import org.apache.http.protocol.BasicHttpContext;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Has a connection begin with the TLS of an attempt, and tells the attempt when that stands.
 * Thread-safe.
 */
record AsyncTls(ClientTls tls, HttpAttempt http)
    implements SchemeIOSessionStrategy, SSLSetupHandler {

  /** What the library asks for whenever it opens a connection; 4.1 wrote it in lower case. */
  private static final String[] STRATEGIES = {
    "http.ioSession-factory-registry", "http.iosession-factory-registry"
  };

  /** Of a connection: the TLS it speaks. */
  private static final String BEGUN = "endomesh.begun";

  /** What a connection of an attempt is opened with. */
  static HttpContext context(HttpAttempt http, HttpContext context) {
    ClientTls tls = http.attempt().tls();
    if (tls == null) {
      return context;
    }
    HttpContext own = new BasicHttpContext(context);
    Lookup<SchemeIOSessionStrategy> strategies = scheme -> new AsyncTls(tls, http);
    for (String name : STRATEGIES) {
      own.setAttribute(name, strategies);
    }
    return own;
  }

  /**
   * Fails closed: whatever went wrong as the connection was opened, no byte of a request goes out
   * over another TLS than it is to go, or none.
   */
  static void check(@Nullable ClientTls tls, NHttpClientConnection connection) throws SSLException {
    if (tls != null
        && !(connection instanceof ManagedNHttpClientConnection managed
            && managed.getIOSession() instanceof SSLIOSession session
            && session.getAttribute(BEGUN) == tls)) {
      throw new SSLException(
          "TLS to "
              + tls.expectedIdentity()
              + " was not begun (expected: a connection of the library's own pool)");
    }
  }

  /** True of how a connection that was closed already fails. */
  static boolean wasClosed(Exception failure) {
    return failure instanceof ConnectionClosedException
        || failure instanceof SocketException && !(failure instanceof ConnectException);
  }

  @Override
  public boolean isLayeringRequired() {
    return true;
  }

  @Override
  public IOSession upgrade(HttpHost host, IOSession session) throws IOException {
    SSLIOSession secured = new SSLIOSession(session, SSLMode.CLIENT, host, tls.context(), this);
    session.setAttribute(BEGUN, tls);
    session.setAttribute(SSLIOSession.SESSION_KEY, secured);
    secured.initialize();
    return secured;
  }

  @Override
  public void initalize(SSLEngine engine) {}

  /**
   * The handshake is finished, and nothing else was sent. Who answered was checked within it: the
   * mesh's context trusts nobody but the expected identity (SpiffeTrust).
   */
  @Override
  public void verify(IOSession session, SSLSession handshake) {
    http.leaves();
  }
}
