package io.endomesh.instrumentation.netty.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import java.net.SocketAddress;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code Bootstrap.doResolveAndConnect0}: a channel that is registered is to be connected; its
 * pipeline tells whether it will speak HTTP. Stateless.
 */
public final class ConnectAdvice {

  private ConnectAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable ChannelFuture enter(
      @Advice.Argument(0) Channel channel,
      @Advice.Argument(1) SocketAddress remote,
      @Advice.Argument(2) @Nullable SocketAddress local,
      @Advice.Argument(3) ChannelPromise promise) {
    return MeshHop.connect(channel, remote, local, promise);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.Enter @Nullable ChannelFuture mesh,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object library) {
    return mesh == null ? library : mesh;
  }
}
