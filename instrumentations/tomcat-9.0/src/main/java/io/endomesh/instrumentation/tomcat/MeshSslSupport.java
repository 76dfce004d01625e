package io.endomesh.instrumentation.tomcat;

import io.endomesh.dataplane.identity.Peer;
import java.util.Map;
import javax.net.ssl.SSLSession;
import org.apache.tomcat.util.net.jsse.JSSESupport;

/**
 * The TLS session of a mesh connection, as Tomcat shows it to applications. Being of this class it
 * says that the peer's certificate was verified against the mesh's roots: one from a connector with
 * TLS of its own may carry any name. Immutable.
 */
final class MeshSslSupport extends JSSESupport {

  private final Peer peer;

  MeshSslSupport(SSLSession session) {
    super(session, Map.of());
    peer = Peer.of(session, /* known= */ null);
  }

  Peer peer() {
    return peer;
  }
}
