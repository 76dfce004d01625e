package io.endomesh.instrumentation.undertow;

import io.undertow.server.HttpServerExchange;
import net.bytebuddy.asm.Advice;

/**
 * {@code Http2ReceiveListener.handleInitialRequest}: a request that asked for HTTP/2 is handled
 * again, as its first stream. It is one call, which was decided. Stateless.
 */
public final class UpgradeAdvice {

  private UpgradeAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.Argument(0) HttpServerExchange asked) {
    ServedRequest.upgrading(asked);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit() {
    ServedRequest.upgraded();
  }
}
