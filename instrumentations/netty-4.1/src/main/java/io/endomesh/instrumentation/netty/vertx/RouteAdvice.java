package io.endomesh.instrumentation.netty.vertx;

import net.bytebuddy.asm.Advice;

/** {@code RouteImpl.useNormalizedPath}: a route may want to compare what was written. Stateless. */
public final class RouteAdvice {

  private RouteAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.Argument(0) boolean normalized) {
    if (!normalized) {
      Routing.comparesWhatWasWritten();
    }
  }
}
