package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.identity.ClientTls;
import java.net.InetSocketAddress;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpHost;

/**
 * Routes of the library, by which it opens connections and pools them. Stateless.
 *
 * <p>The host of a route to an endpoint holds the endpoint's address, so that no DNS is asked. With
 * a TLS of the mesh its name holds the number of that, so that connections of different identities
 * have different pools; the library then connects as in plaintext, and {@link Handshake} or {@link
 * AsyncHandshake} does the rest.
 */
final class MeshRoute {

  private static final String HTTP = "http";

  private MeshRoute() {}

  /** The application's route without a proxy: an endpoint is reached directly. */
  static HttpRoute direct(HttpRoute asked) {
    return asked.getProxyHost() == null
        ? asked
        : new HttpRoute(asked.getTargetHost(), asked.getLocalAddress(), asked.isSecure());
  }

  /** Of the classic client. */
  static HttpRoute to(Attempt attempt, HttpRoute asked) {
    return to(attempt, asked, HTTP);
  }

  /**
   * Of the asynchronous client. Its scheme says TLS where the mesh has one, because the library
   * negotiates HTTP/2 for no other; {@link AsyncHandshake} tells it plaintext as it connects.
   */
  static HttpRoute asyncTo(Attempt attempt, HttpRoute asked) {
    return to(attempt, asked, "https");
  }

  /** The host to connect to as in plaintext. */
  static HttpHost inPlaintext(HttpHost host) {
    return new HttpHost(HTTP, host.getAddress(), host.getHostName(), host.getPort());
  }

  private static HttpRoute to(Attempt attempt, HttpRoute asked, String schemeOfTls) {
    InetSocketAddress address = attempt.endpoint().address();
    ClientTls tls = attempt.tls();
    HttpHost target = asked.getTargetHost();
    String scheme = tls == null ? target.getSchemeName() : schemeOfTls;
    String name = tls == null ? target.getHostName() : target.getHostName() + "~" + tls.number();
    HttpHost host = new HttpHost(scheme, address.getAddress(), name, address.getPort());
    return new HttpRoute(host, asked.getLocalAddress(), tls != null || asked.isSecure());
  }
}
