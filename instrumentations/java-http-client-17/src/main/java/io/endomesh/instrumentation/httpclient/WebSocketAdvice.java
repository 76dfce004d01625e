package io.endomesh.instrumentation.httpclient;

import net.bytebuddy.asm.Advice;

/**
 * {@code OpeningHandshake.send}: marks the thread, because the handshake of a web socket calls
 * {@code sendAsync} and casts what comes back to the JDK's own response. Stateless.
 */
public final class WebSocketAdvice {

  private WebSocketAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter() {
    MeshSend.WEB_SOCKET.enter();
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit() {
    MeshSend.WEB_SOCKET.exit();
  }
}
