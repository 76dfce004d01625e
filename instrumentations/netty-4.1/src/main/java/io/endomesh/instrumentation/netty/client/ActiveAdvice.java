package io.endomesh.instrumentation.netty.client;

import io.netty.channel.Channel;
import net.bytebuddy.asm.Advice;

/** {@code isActive} of a channel: one to the mesh is without a connection of its own. Stateless. */
public final class ActiveAdvice {

  private ActiveAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned
  public static boolean exit(@Advice.This Channel channel, @Advice.Return boolean active) {
    return active || MeshedConnection.stands(channel);
  }
}
