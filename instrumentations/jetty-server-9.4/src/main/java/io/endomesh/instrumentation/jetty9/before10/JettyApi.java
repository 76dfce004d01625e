package io.endomesh.instrumentation.jetty9.before10;

import io.endomesh.dataplane.Headers;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/** What Jetty 9.4 calls otherwise than its followers. Stateless. */
public final class JettyApi {

  private JettyApi() {}

  public static Headers headers(Response response) {
    return new ResponseHeaders(response.getHttpFields());
  }

  /** That of the request's target, null if it has none: its Host header is not asked. */
  public static @Nullable String authority(Request request) {
    return request.getHttpURI().getAuthority();
  }

  public static void setHeader(Request request, String name, String value) {
    request.getHttpFields().put(name, value);
  }

  public static void removeHeader(Request request, String name) {
    request.getHttpFields().remove(name);
  }

  public static void listens(AbstractConnection connection, Connection.Listener listener) {
    connection.addListener(listener);
  }

  public static void showScheme(Request request, String scheme) {
    request.setScheme(scheme);
  }
}
