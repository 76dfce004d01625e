package io.endomesh.instrumentation.grpc.okhttp;

import io.endomesh.instrumentation.grpc.Shared;
import net.bytebuddy.asm.Advice;

/**
 * {@code OkHttpTransportFactory}, its constructor: the channel that is being made can take part.
 * Stateless.
 */
public final class TransportFactoryAdvice {

  private TransportFactoryAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit() {
    Shared.transportReady();
  }
}
