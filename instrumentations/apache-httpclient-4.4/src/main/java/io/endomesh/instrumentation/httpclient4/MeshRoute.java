package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.identity.ClientTls;
import java.net.InetSocketAddress;
import org.apache.http.HttpHost;
import org.apache.http.conn.routing.HttpRoute;

/**
 * Routes of the library, by which it opens connections and pools them. Stateless.
 *
 * <p>The host of a route to an endpoint holds the endpoint's address, so that no DNS is asked. With
 * a TLS of the mesh its scheme holds the number of that: connections of different identities have
 * different pools, and nothing but {@link AttemptContext} knows how to open one.
 */
final class MeshRoute {

  private static final String TLS = "endomesh-";

  private MeshRoute() {}

  static String scheme(ClientTls tls) {
    return TLS + tls.number();
  }

  /** Without a proxy of the application: an endpoint is reached directly. */
  static HttpRoute to(Attempt attempt, HttpRoute asked) {
    InetSocketAddress address = attempt.endpoint().address();
    ClientTls tls = attempt.tls();
    HttpHost target = asked.getTargetHost();
    String scheme = tls == null ? target.getSchemeName() : scheme(tls);
    HttpHost host =
        new HttpHost(address.getAddress(), target.getHostName(), address.getPort(), scheme);
    return new HttpRoute(host, asked.getLocalAddress(), tls != null || asked.isSecure());
  }
}
