package io.endomesh.instrumentation.jetty9.since10;

import io.endomesh.dataplane.Headers;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/** What Jetty 10 and 11 call otherwise than 9.4: the same methods as there. Stateless. */
public final class JettyApi {

  private JettyApi() {}

  public static Headers headers(Response response) {
    return new ResponseHeaders(response.getHttpFields());
  }

  /** That of the request's target, null if it has none: its Host header is not asked. */
  public static @Nullable String authority(Request request) {
    return request.getMetaData().getURI().getAuthority();
  }

  /** Those of a request cannot be changed, but replaced. */
  public static void setHeader(Request request, String name, String value) {
    request.setHttpFields(HttpFields.build(request.getHttpFields()).put(name, value));
  }

  /** Likewise. */
  public static void removeHeader(Request request, String name) {
    request.setHttpFields(HttpFields.build(request.getHttpFields()).remove(name));
  }

  public static void listens(AbstractConnection connection, Connection.Listener listener) {
    connection.addEventListener(listener);
  }

  public static void showScheme(Request request, String scheme) {
    request.setHttpURI(HttpURI.build(request.getHttpURI()).scheme(scheme).asImmutable());
  }
}
