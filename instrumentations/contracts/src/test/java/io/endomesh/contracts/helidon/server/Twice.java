package io.endomesh.contracts.helidon.server;

import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;

/** A WebSocket that says everything twice. Stateless. */
final class Twice implements WsListener {

  @Override
  public void onMessage(WsSession session, String text, boolean last) {
    session.send(text + text, last);
  }
}
