package io.endomesh.instrumentation.netty.reactor;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerConfig;

/**
 * {@code TransportConnector.bind}: what makes the channel of a server that serves the mesh gets
 * ours around it. Stateless.
 */
public final class BindAdvice {

  private BindAdvice() {}

  /** Null leaves it as it is. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(@ToArgument(value = 1, typing = Assigner.Typing.DYNAMIC))
  public static @Nullable ChannelInitializer<Channel> enter(
      @Advice.Argument(0) Object config,
      @Advice.Argument(1) ChannelInitializer<Channel> initializer) {
    return config instanceof HttpServerConfig server && !server.isSecure()
        ? new OfferedServer(initializer)
        : null;
  }
}
