package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.identity.Peer;
import io.helidon.common.socket.PeerInfo;
import java.net.SocketAddress;
import java.security.Principal;
import java.security.cert.Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection that the mesh looked into. Being of this class it says
 * that a certificate was verified against the mesh's roots. It shows one only to the application:
 * Helidon itself would write it into the headers of each request, where it was not before, and
 * until 4.1 takes one of HTTP/2 for broken then. Thread-safe.
 */
final class MeshPeer implements PeerInfo {

  private final PeerInfo peer;
  private final Wire wire;
  private final boolean shows;

  MeshPeer(PeerInfo peer, Wire wire) {
    this(peer, wire, /* shows= */ false);
  }

  private MeshPeer(PeerInfo peer, Wire wire, boolean shows) {
    this.peer = peer;
    this.wire = wire;
    this.shows = shows;
  }

  /** As the application is to see it. */
  MeshPeer shown() {
    return new MeshPeer(peer, wire, /* shows= */ true);
  }

  Wire wire() {
    return wire;
  }

  Peer verified() {
    return wire.peer();
  }

  @Override
  public SocketAddress address() {
    return peer.address();
  }

  @Override
  public String host() {
    return peer.host();
  }

  @Override
  public int port() {
    return peer.port();
  }

  @Override
  public Optional<Principal> tlsPrincipal() {
    SSLSession session = session();
    try {
      return session == null ? peer.tlsPrincipal() : Optional.of(session.getPeerPrincipal());
    } catch (SSLPeerUnverifiedException nobody) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<Certificate[]> tlsCertificates() {
    SSLSession session = session();
    try {
      return session == null ? peer.tlsCertificates() : Optional.of(session.getPeerCertificates());
    } catch (SSLPeerUnverifiedException nobody) {
      return Optional.empty();
    }
  }

  private @Nullable SSLSession session() {
    return shows ? wire.session() : null;
  }
}
