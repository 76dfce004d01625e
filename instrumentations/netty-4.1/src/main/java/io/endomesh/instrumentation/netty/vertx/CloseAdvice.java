package io.endomesh.instrumentation.netty.vertx;

import io.vertx.core.http.HttpServer;
import net.bytebuddy.asm.Advice;

/**
 * {@code close} and {@code shutdown} of a server: it begins to close, graceful or not, at its own
 * wish or with its verticle. Stateless.
 */
public final class CloseAdvice {

  private CloseAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This HttpServer server) {
    Ports.closing(server);
  }
}
