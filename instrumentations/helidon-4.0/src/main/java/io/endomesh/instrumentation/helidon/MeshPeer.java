package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.identity.Peer;
import io.helidon.common.socket.PeerInfo;
import java.net.SocketAddress;
import java.security.Principal;
import java.security.cert.Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who is at the other end of a connection that the mesh looked into. Being of this class it says
 * that a certificate was verified against the mesh's roots. Thread-safe.
 */
final class MeshPeer implements PeerInfo {

  private final PeerInfo peer;
  private final Wire wire;

  MeshPeer(PeerInfo peer, Wire wire) {
    this.peer = peer;
    this.wire = wire;
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
    SSLSession session = wire.session();
    try {
      return session == null ? Optional.empty() : Optional.of(session.getPeerPrincipal());
    } catch (SSLPeerUnverifiedException nobody) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<Certificate[]> tlsCertificates() {
    SSLSession session = wire.session();
    try {
      return session == null ? Optional.empty() : Optional.of(session.getPeerCertificates());
    } catch (SSLPeerUnverifiedException nobody) {
      return Optional.empty();
    }
  }
}
