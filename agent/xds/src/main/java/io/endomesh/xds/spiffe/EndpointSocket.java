package io.endomesh.xds.spiffe;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the Workload API is, as the SPIFFE Workload Endpoint writes it (section 4): {@code
 * unix:///PATH} or {@code tcp://IP:PORT}. Immutable.
 *
 * @param text for messages
 */
public record EndpointSocket(String text, SocketAddress address) {

  /** Of version 4, or of version 6 in brackets; a name would have to be asked for. */
  private static final Pattern IP = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+]");

  /**
   * @throws IllegalArgumentException if it is not written so
   */
  public static EndpointSocket parse(String text) {
    try {
      URI uri = new URI(text);
      boolean bare = uri.getQuery() == null && uri.getFragment() == null && !uri.isOpaque();
      if (bare && "unix".equals(uri.getScheme()) && uri.getAuthority() == null) {
        return new EndpointSocket(text, UnixDomainSocketAddress.of(uri.getPath()));
      }
      if (bare && "tcp".equals(uri.getScheme()) && isAddress(uri)) {
        InetAddress host = InetAddress.getByName(uri.getHost());
        return new EndpointSocket(text, new InetSocketAddress(host, uri.getPort()));
      }
    } catch (URISyntaxException | UnknownHostException | IllegalArgumentException odd) {
      throw refused(text, odd);
    }
    throw refused(text, null);
  }

  private static boolean isAddress(URI uri) {
    return uri.getHost() != null
        && IP.matcher(uri.getHost()).matches()
        && uri.getPort() > 0
        && uri.getUserInfo() == null
        && uri.getPath().isEmpty();
  }

  private static IllegalArgumentException refused(String text, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "spiffe-endpoint-socket: " + text + " (expected: unix:///PATH or tcp://IP:PORT)", cause);
  }
}
