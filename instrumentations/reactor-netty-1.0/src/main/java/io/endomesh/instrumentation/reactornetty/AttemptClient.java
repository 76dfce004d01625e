package io.endomesh.instrumentation.reactornetty;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.identity.ClientTls;
import java.net.InetSocketAddress;
import java.util.Arrays;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.resources.ConnectionProvider;

/** Clients that make the attempts of a call, each for one endpoint. Stateless. */
final class AttemptClient {

  /** Connections that only copies for mirrors use, as many as the library keeps. */
  private static final ConnectionProvider OF_COPIES = ConnectionProvider.create("endomesh-copies");

  private AttemptClient() {}

  /** The application's, without all that the call does around its attempts. */
  static HttpClient of(HttpClientConfig application, InetSocketAddress host, Attempt attempt) {
    HttpClient client = Internals.connectingAs(application).noProxy().disableRetry(true);
    return to(client, application, host, attempt);
  }

  /** Nothing of a copy may reach the application. */
  static HttpClient ofCopies(HttpClientConfig application, InetSocketAddress host, Attempt copy) {
    HttpClient client =
        HttpClient.create(OF_COPIES)
            .runOn(application.loopResources(), application.isPreferNative())
            .disableRetry(true);
    client = application.isSecure() ? client.secure(application.sslProvider()) : client;
    return to(client, application, host, copy);
  }

  private static HttpClient to(
      HttpClient client, HttpClientConfig application, InetSocketAddress host, Attempt attempt) {
    EndpointAddress address = EndpointAddress.of(attempt, application.isSecure(), host);
    HttpClient there = client.remoteAddress(address);
    ClientTls tls = attempt.tls();
    if (tls == null) {
      return there;
    }
    HttpProtocol[] asked = there.configuration().protocols();
    HttpProtocol[] carried =
        Arrays.stream(asked).map(AttemptClient::overTls).distinct().toArray(HttpProtocol[]::new);
    boolean http2 = Arrays.asList(carried).contains(HttpProtocol.H2);
    HttpClient secured = there.secure(MeshTls.of(tls, http2));
    return Arrays.equals(asked, carried) ? secured : secured.protocol(carried);
  }

  /** What the mesh's TLS can carry: HTTP/3 has its own. */
  private static HttpProtocol overTls(HttpProtocol asked) {
    return switch (asked.name()) {
      case "H2", "H2C" -> HttpProtocol.H2;
      default -> HttpProtocol.HTTP11;
    };
  }
}
