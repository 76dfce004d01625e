package io.endomesh.dataplane;

import io.endomesh.dataplane.identity.Peer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that arrived at a server of this workload. */
public interface InboundRequest extends Request {

  /**
   * The path by which the server chooses what runs: decoded, normalized and without parameters as
   * far as this server does that. A policy on any other reading of the path could be gone around.
   */
  @Override
  String path();

  /**
   * URI names of the peer's verified certificate, empty on a plaintext connection. Read per request
   * from the session, because TLS resumption skips the trust manager.
   */
  List<String> peerIdentities();

  /**
   * What the connection says of who is at its other end. With {@link Peer#UNKNOWN}, of a server
   * that cannot say, {@link #peerIdentities} alone counts, and nothing is asked of the connection.
   */
  default Peer peer() {
    return Peer.UNKNOWN;
  }

  /** Names of the headers it has, as they were written, in any order; some may come twice. */
  Iterable<String> headerNames();

  /**
   * Replaces a header, all its values, before the application sees it.
   *
   * @param name in lower case
   */
  void setHeader(String name, String value);

  /**
   * Takes a header out of the request, all its values, before the application sees it.
   *
   * @param name in lower case
   */
  void removeHeader(String name);

  /** Remote IP address in text form, or null if the server does not tell. */
  @Nullable String remoteAddress();

  /** The port the server bound, as it was reported to {@link Mesh#listening}. */
  int localPort();
}
