package io.endomesh.weaving;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Says what was refused before there was a request; once for each port and peer. Stateless. */
public final class Refusals {

  private Refusals() {}

  /** A connection that did not begin as one of the mesh, to a port that takes no others. */
  public static void plaintext(int port, @Nullable InetAddress peer) {
    String from = peer == null ? "unknown" : peer.getHostAddress();
    AgentLog.warnOnce(
        "plaintext " + port + from,
        "refused a connection without mutual TLS from "
            + from
            + " to port "
            + port
            + ": a PeerAuthentication asks for STRICT; the caller needs the agent, or the policy"
            + " PERMISSIVE");
  }
}
