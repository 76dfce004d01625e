package io.endomesh.instrumentation.httpserver;

import net.bytebuddy.asm.Advice;

/**
 * {@code ServerImpl.requestStarted}: there are bytes of a connection. As long as they are of a
 * handshake, there is no request. Called by the server's dispatcher alone. Stateless.
 */
public final class RequestStartedAdvice {

  private RequestStartedAdvice() {}

  /** True if there is nothing for the server yet. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.Argument(0) Object connection, @Advice.FieldValue("https") boolean https) {
    return Arrivals.mustWait(connection, https);
  }
}
