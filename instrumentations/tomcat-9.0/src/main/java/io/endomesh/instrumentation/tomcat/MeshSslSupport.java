package io.endomesh.instrumentation.tomcat;

import io.endomesh.dataplane.identity.PeerIdentities;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSession;
import org.apache.tomcat.util.net.jsse.JSSESupport;

/**
 * The TLS session of a mesh connection, as Tomcat shows it to applications. Being of this class it
 * says that the peer's certificate was verified against the mesh's roots: one from a connector with
 * TLS of its own may carry any name. Immutable.
 */
final class MeshSslSupport extends JSSESupport {

  private final List<String> peerIdentities;

  MeshSslSupport(SSLSession session) {
    super(session, Map.of());
    peerIdentities = PeerIdentities.of(session);
  }

  /** URI names of the peer's verified certificate. */
  List<String> peerIdentities() {
    return peerIdentities;
  }
}
