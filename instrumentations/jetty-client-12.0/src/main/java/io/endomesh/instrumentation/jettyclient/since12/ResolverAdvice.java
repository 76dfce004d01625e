package io.endomesh.instrumentation.jettyclient.since12;

import java.net.InetSocketAddress;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.jspecify.annotations.Nullable;

/** {@code HttpClient.getSocketAddressResolver}: no DNS is asked for an endpoint. Stateless. */
public final class ResolverAdvice {

  private ResolverAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object exit(@Advice.Return @Nullable SocketAddressResolver own) {
    InetSocketAddress asked = EndpointAddress.ASKED.get();
    return asked == null ? own : new EndpointAddress(asked);
  }
}
