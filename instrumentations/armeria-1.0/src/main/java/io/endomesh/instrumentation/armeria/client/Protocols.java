package io.endomesh.instrumentation.armeria.client;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.ClientRequestContextWrapper;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.SessionProtocolNegotiationCache;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.SessionProtocol;
import io.endomesh.dataplane.identity.ClientTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Which version of HTTP an endpoint is asked by. Of {@code http} the library finds out by a
 * connection that comes to nothing at a server without HTTP/2; all servers speak HTTP/1.1 but those
 * of gRPC. Stateless.
 */
final class Protocols {

  private static final String GRPC = "application/grpc";

  private Protocols() {}

  /** True for a call of gRPC, or if the application said so. */
  static boolean speaksHttp2(RequestHeaders head, SessionProtocol asked) {
    String type = head.get(HttpHeaderNames.CONTENT_TYPE);
    return asked == SessionProtocol.H2
        || asked == SessionProtocol.H2C
        || type != null && type.startsWith(GRPC);
  }

  /**
   * @param name that connections are pooled by
   */
  static Endpoint endpoint(InetSocketAddress address, String name, boolean speaksHttp2) {
    InetAddress ip = address.getAddress();
    if (!speaksHttp2) {
      InetSocketAddress named = named(ip, name, address.getPort());
      if (!SessionProtocolNegotiationCache.isUnsupported(named, SessionProtocol.H2C)) {
        SessionProtocolNegotiationCache.setUnsupported(named, SessionProtocol.H2C);
      }
    }
    return Endpoint.of(name, address.getPort()).withIpAddr(ip.getHostAddress());
  }

  /** The context of an attempt that has the mesh's TLS in place of the application's. */
  static ClientRequestContext inside(
      @Nullable ClientTls tls, ClientRequestContext attempt, boolean speaksHttp2) {
    return tls == null || !attempt.sessionProtocol().isTls()
        ? attempt
        : new Plaintext(attempt, speaksHttp2 ? SessionProtocol.H2C : SessionProtocol.H1C);
  }

  /** TLS is begun below the library, which is to have none. */
  private static final class Plaintext extends ClientRequestContextWrapper {

    private final SessionProtocol protocol;

    Plaintext(ClientRequestContext attempt, SessionProtocol protocol) {
      super(attempt);
      this.protocol = protocol;
    }

    @Override
    public SessionProtocol sessionProtocol() {
      return protocol;
    }
  }

  private static InetSocketAddress named(InetAddress ip, String name, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(name, ip.getAddress()), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("address: " + ip + " (expected: one of the network)", e);
    }
  }
}
