package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.identity.ClientTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.apache.http.HttpHost;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.conn.routing.RouteInfo.LayerType;
import org.apache.http.conn.routing.RouteInfo.TunnelType;
import org.jspecify.annotations.Nullable;

/**
 * By what the asynchronous client pools and opens a connection to an endpoint, directly whatever
 * proxy the application has. Immutable.
 *
 * <p>It knows no schemes but those it was built with, and asks for the address of a host by its
 * name, so that is the endpoint's address. Connections that speak TLS have routes that no
 * application has, and of those only what a state says is taken again.
 *
 * @param pooled what it leases a connection for
 * @param state TLS of the connection; null for plaintext, which is nobody's in particular
 * @param opened how it begins on a new connection
 */
record AsyncRoute(HttpRoute pooled, @Nullable Object state, HttpRoute opened) {

  static AsyncRoute to(Attempt attempt, HttpRoute asked) {
    InetSocketAddress address = attempt.endpoint().address();
    String ip = address.getAddress().getHostAddress();
    InetAddress local = asked.getLocalAddress();
    HttpHost target = asked.getTargetHost();
    ClientTls tls = attempt.tls();
    if (tls != null || !asked.isSecure()) {
      HttpHost host = new HttpHost(ip, address.getPort(), "http");
      HttpRoute direct = new HttpRoute(host, local, tls != null);
      return new AsyncRoute(direct, tls == null ? null : tls.number(), direct);
    }
    // TLS of the application's, which checks the name.
    String scheme = target.getSchemeName();
    HttpHost named = new HttpHost(target.getHostName(), address.getPort(), scheme);
    HttpRoute layered =
        new HttpRoute(
            new HttpHost(ip, address.getPort(), scheme),
            local,
            new HttpHost[0],
            /* secure= */ true,
            TunnelType.PLAIN,
            LayerType.LAYERED);
    return new AsyncRoute(layered, named.toURI(), new HttpRoute(named, local, /* secure= */ true));
  }
}
