package io.endomesh.instrumentation.jettyclient.since12;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.jspecify.annotations.Nullable;

/** The address of an endpoint, whoever asks. Immutable. */
final class EndpointAddress implements SocketAddressResolver {

  /** That of the connection that is about to be opened. */
  static final ThreadLocal<@Nullable InetSocketAddress> ASKED = new ThreadLocal<>();

  private final InetSocketAddress address;

  EndpointAddress(InetSocketAddress address) {
    this.address = address;
  }

  @Override
  public void resolve(String host, int port, Promise<List<InetSocketAddress>> promise) {
    promise.succeeded(List.of(address));
  }

  /** What 12.1 asks. */
  @SuppressWarnings("unused") // by those who compile against 12.0
  public void resolve(
      String host,
      int port,
      Map<String, Object> context,
      Promise<List<InetSocketAddress>> promise) {
    promise.succeeded(List.of(address));
  }
}
