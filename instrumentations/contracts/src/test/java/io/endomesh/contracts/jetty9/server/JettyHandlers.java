package io.endomesh.contracts.jetty9.server;

import io.endomesh.contracts.jetty.server.JettyWebSocket;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** The handlers the contract asks for, in a Jetty. Thread-safe. */
final class JettyHandlers extends Handlers {

  private static final long serialVersionUID = 1;

  /** By what Jetty's own modules for WebSockets use: not all versions have upgrades of servlets. */
  @Override
  void upgrade(HttpServletRequest request, HttpServletResponse response) {
    response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
    JettyWebSocket.begin(request::setAttribute);
  }
}
