package io.endomesh.instrumentation.tomcat;

import io.endomesh.weaving.AgentLog;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Says what was refused before there was a request; once for each port and peer. Stateless. */
final class Refusals {

  private Refusals() {}

  static void plaintext(int port, @Nullable InetAddress peer) {
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
