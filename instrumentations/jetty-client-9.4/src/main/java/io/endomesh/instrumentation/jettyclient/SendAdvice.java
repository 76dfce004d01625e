package io.endomesh.instrumentation.jettyclient;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.client.HttpDestination;
import org.eclipse.jetty.client.HttpExchange;
import org.jspecify.annotations.Nullable;

/** {@code HttpDestination.send}: a call to the mesh begins here instead. Stateless. */
public final class SendAdvice {

  private SendAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.This HttpDestination destination,
      @Advice.Argument(0) @Nullable HttpExchange exchange) {
    return exchange != null && MeshHop.begin(destination, exchange);
  }
}
