package io.endomesh.dataplane.route;

import io.endomesh.dataplane.Headers;
import io.endomesh.dataplane.Request;
import org.jspecify.annotations.Nullable;

/**
 * Calls that belong together go to the endpoint that the first of them went to (Gateway API {@code
 * SessionPersistence}, GEP-1619; Envoy's stateful session). The session is the endpoint's address,
 * kept by the application in a cookie or a header. If that endpoint is gone, another begins a new
 * session. Immutable.
 *
 * @param name of the cookie or header; headers in lower case
 * @param lifetimeSeconds {@code Max-Age} of the cookie; 0 ends it with the application's session
 */
public record SessionPersistence(Type type, String name, long lifetimeSeconds) {

  /** Where the application keeps the session. */
  public enum Type {
    COOKIE,
    HEADER
  }

  /** What the request says of its session, or null. */
  public @Nullable String session(Request request) {
    return type == Type.COOKIE
        ? Cookies.value(request.header("cookie"), name)
        : request.header(name);
  }

  /**
   * Tells the application its session.
   *
   * @param session of the endpoint that answered
   */
  public void begin(String session, Headers response) {
    if (type == Type.HEADER) {
      response.setHeader(name, session);
      return;
    }
    String lifetime = lifetimeSeconds == 0 ? "" : "; Max-Age=" + lifetimeSeconds;
    response.addHeader("set-cookie", name + "=" + session + "; Path=/; HttpOnly" + lifetime);
  }
}
