package io.endomesh.instrumentation.grpc.core;

import io.grpc.ClientInterceptor;
import java.util.List;
import net.bytebuddy.asm.Advice;

/** {@code ManagedChannelImplBuilder.getEffectiveInterceptors}: adds ours. Stateless. */
public final class InterceptorsAdvice {

  private InterceptorsAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned
  public static List<ClientInterceptor> exit(
      @Advice.Return List<ClientInterceptor> configured) {
    return ChannelSetup.interceptors(configured);
  }
}
