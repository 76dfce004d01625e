package io.endomesh.instrumentation.okhttp;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.identity.ClientTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint of an attempt in the place of DNS, which is asked nothing. The library pools
 * connections by the DNS object of their client, compared by {@code equals}, so that connections to
 * different endpoints, and with different identities, are never shared. Immutable.
 *
 * @param tls compared by identity
 */
record EndpointAddress(InetSocketAddress address, @Nullable ClientTls tls) implements Dns {

  static EndpointAddress of(Attempt attempt) {
    return new EndpointAddress(attempt.endpoint().address(), attempt.tls());
  }

  @Override
  public List<InetAddress> lookup(String host) {
    return List.of(address.getAddress());
  }
}
