package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.identity.ClientTls;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http2.ssl.ApplicationProtocol;
import org.jspecify.annotations.Nullable;

/** The session of a connection, as the context of an exchange on it says. Stateless. */
final class TlsSession {

  private static final String BEGUN = "io.endomesh.begun";
  private static final String PROTOCOL = "io.endomesh.protocol";

  /** Since core 5.3 it is no attribute any more. */
  private static final @Nullable Method SETTER = setter();

  private TlsSession() {}

  private static @Nullable Method setter() {
    try {
      return HttpCoreContext.class.getMethod("setSSLSession", SSLSession.class);
    } catch (NoSuchMethodException older) {
      return null;
    }
  }

  /**
   * Marks one as that of a handshake of ours.
   *
   * @param protocol agreed on (ALPN); empty if none was
   */
  static void begun(SSLSession session, ClientTls tls, String protocol) {
    session.putValue(BEGUN, tls);
    session.putValue(PROTOCOL, protocol);
  }

  /**
   * Fails closed: whatever went wrong as the connection was opened, no byte of a request goes out
   * over another TLS than it is to go, or none. The session is hidden behind that: the application
   * did not ask for TLS; and the client would take our certificate for a user's, whom connections
   * are then kept for.
   *
   * @return true if the handshake of ours agreed on HTTP/2
   */
  static boolean check(@Nullable ClientTls tls, HttpContext context) throws SSLException {
    if (tls == null) {
      return false;
    }
    HttpCoreContext core =
        context instanceof HttpCoreContext known ? known : HttpCoreContext.adapt(context);
    SSLSession session = core.getSSLSession();
    if (session == null || session.getValue(BEGUN) != tls) {
      throw new SSLException(
          "TLS to "
              + tls.expectedIdentity()
              + " was not begun (expected: a connection of the library's own class)");
    }
    hide(core);
    return ApplicationProtocol.HTTP_2.id.equals(session.getValue(PROTOCOL));
  }

  private static void hide(HttpCoreContext context) {
    try {
      if (SETTER == null) {
        context.removeAttribute(HttpCoreContext.SSL_SESSION);
      } else {
        SETTER.invoke(context, (Object) null);
      }
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("context of the library: " + e.getMessage(), e);
    }
  }
}
