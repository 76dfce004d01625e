package io.endomesh.instrumentation.jettyclient;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.client.HttpExchange;
import org.eclipse.jetty.client.http.HttpConnectionOverHTTP;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpConnectionOverHTTP.send}: an attempt has a connection, and leaves by it. Stateless.
 */
public final class ConnectionAdvice {

  private ConnectionAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.This HttpConnectionOverHTTP connection,
      @Advice.Argument(0) @Nullable HttpExchange exchange) {
    if (exchange != null && exchange.getRequest().getTag() instanceof EndpointTag tag) {
      tag.leaves(exchange.getRequest(), connection);
    }
  }
}
