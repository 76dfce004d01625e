package io.endomesh.instrumentation.grpc.core;

import io.grpc.ClientInterceptor;
import java.util.List;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** {@code ManagedChannelImplBuilder.getEffectiveInterceptors}: adds ours. Stateless. */
public final class InterceptorsAdvice {

  private InterceptorsAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static List<ClientInterceptor> exit(@Advice.Return List<ClientInterceptor> configured) {
    return ChannelSetup.interceptors(configured);
  }
}
