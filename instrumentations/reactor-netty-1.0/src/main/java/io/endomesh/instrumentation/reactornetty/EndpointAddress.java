package io.endomesh.instrumentation.reactornetty;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.identity.ClientTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.function.Supplier;

/**
 * Where an attempt connects to, in place of the host that was asked for; also what tells a client
 * of attempts from those of the application. Immutable.
 *
 * <p>The library pools connections by the name and the number of an address, and by the mere hash
 * of what it does TLS with. So the name says the TLS: none of it is a host's. It has no dot, or
 * JSSE would ask for it (SNI).
 */
record EndpointAddress(InetSocketAddress address) implements Supplier<SocketAddress> {

  private static final String PLAINTEXT = "mesh";
  private static final String SECURED = "mesh-tls-";

  /**
   * @param host that the application asked for, which it checks by TLS of its own
   */
  static EndpointAddress of(Attempt attempt, boolean secure, InetSocketAddress host) {
    ClientTls tls = attempt.tls();
    String name = tls != null ? SECURED + tls.number() : secure ? host.getHostString() : PLAINTEXT;
    InetSocketAddress endpoint = attempt.endpoint().address();
    try {
      return new EndpointAddress(
          new InetSocketAddress(
              InetAddress.getByAddress(name, endpoint.getAddress().getAddress()),
              endpoint.getPort()));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // Only for bytes that are no address.
    }
  }

  @Override
  public SocketAddress get() {
    return address;
  }
}
