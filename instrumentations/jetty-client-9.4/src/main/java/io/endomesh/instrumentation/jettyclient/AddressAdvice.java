package io.endomesh.instrumentation.jettyclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.eclipse.jetty.client.HttpDestination;
import org.eclipse.jetty.client.Origin;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpDestination.getConnectAddress}: that of an attempt is its endpoint's, which no DNS is
 * asked for. Stateless.
 */
public final class AddressAdvice {

  private AddressAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object exit(
      @Advice.This HttpDestination destination, @Advice.Return Origin.@Nullable Address own) {
    return destination.getOrigin().getTag() instanceof EndpointTag tag
        ? new Origin.Address(tag.address().getAddress().getHostAddress(), tag.address().getPort())
        : own;
  }
}
