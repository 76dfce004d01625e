package io.endomesh.contracts.tomcat.server;

import java.io.IOException;
import javax.websocket.OnMessage;
import javax.websocket.Session;
import javax.websocket.server.ServerEndpoint;

/** A WebSocket that says back what it is told, part by part, as applications write one. */
@ServerEndpoint("/websocket")
public final class JavaxEchoEndpoint {

  @OnMessage
  public void told(Session session, String text, boolean last) throws IOException {
    session.getBasicRemote().sendText(text, last);
  }
}
