package io.endomesh.instrumentation.vertx;

import net.bytebuddy.asm.Advice;

/** {@code close} of a client: those derived from it go with it. Stateless. */
public final class CloseAdvice {

  private CloseAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Object client) {
    Clients.closed(client);
  }
}
