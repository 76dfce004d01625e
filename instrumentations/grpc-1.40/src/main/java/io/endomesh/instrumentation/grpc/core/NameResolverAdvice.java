package io.endomesh.instrumentation.grpc.core;

import io.grpc.NameResolver;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code DnsNameResolverProvider.newNameResolver}: the mesh is asked before DNS. Stateless. */
public final class NameResolverAdvice {

  private NameResolverAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable NameResolver exit(
      @Advice.Origin("#r") String returned,
      @Advice.Argument(0) Object target,
      @Advice.Argument(1) NameResolver.Args args,
      @Advice.Return @Nullable NameResolver dns) {
    // Old versions say DnsNameResolver and have a bridge method, which callers use, for NameResolver.
    return dns == null || !returned.equals("io.grpc.NameResolver")
        ? dns
        : ChannelSetup.resolver(dns, args, target.toString());
  }
}
