package io.endomesh.instrumentation.netty.client;

import io.netty.channel.Channel;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** The addresses of a channel, asked for once: at its other end is the mesh. Stateless. */
public final class AddressAdvice {

  private AddressAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object exit(
      @Advice.This Channel channel,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) @Nullable Object address) {
    return address == null ? MeshedConnection.address(channel) : address;
  }
}
