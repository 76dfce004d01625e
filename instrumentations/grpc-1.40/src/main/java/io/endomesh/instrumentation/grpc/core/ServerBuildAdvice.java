package io.endomesh.instrumentation.grpc.core;

import io.grpc.ServerBuilder;
import net.bytebuddy.asm.Advice;

/** {@code ServerImplBuilder.build}: adds our interceptor. Stateless. */
public final class ServerBuildAdvice {

  private ServerBuildAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This ServerBuilder<?> builder) {
    MeshServerInterceptor.addTo(builder);
  }
}
