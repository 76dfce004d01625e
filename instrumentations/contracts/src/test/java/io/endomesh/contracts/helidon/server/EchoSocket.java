package io.endomesh.contracts.helidon.server;

import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;

/** A WebSocket that says back what it is told. Stateless. */
final class EchoSocket implements WsListener {

  @Override
  public void onMessage(WsSession session, String text, boolean last) {
    session.send(text, last);
  }
}
