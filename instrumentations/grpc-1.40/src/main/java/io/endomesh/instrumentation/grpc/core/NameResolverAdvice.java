package io.endomesh.instrumentation.grpc.core;

import io.grpc.NameResolver;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code ManagedChannelImpl.getNameResolver}: the mesh is asked before DNS. Stateless. */
public final class NameResolverAdvice {

  private NameResolverAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable NameResolver exit(
      @Advice.Argument(0) Object target,
      @Advice.Argument(3) NameResolver.Args args,
      @Advice.Return @Nullable NameResolver dns) {
    return dns == null ? null : ChannelSetup.resolver(dns, args, target.toString());
  }
}
