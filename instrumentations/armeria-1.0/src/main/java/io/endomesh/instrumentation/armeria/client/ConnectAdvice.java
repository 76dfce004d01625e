package io.endomesh.instrumentation.armeria.client;

import io.netty.channel.ChannelHandlerContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import net.bytebuddy.asm.Advice;

/**
 * {@code HttpClientPipelineConfigurator.connect}: a connection to an endpoint has its TLS in front
 * of all that the library makes of it. Stateless.
 */
public final class ConnectAdvice {

  private ConnectAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.Argument(0) ChannelHandlerContext context, @Advice.Argument(1) SocketAddress remote) {
    if (remote instanceof InetSocketAddress address && PooledHost.hasTls(address.getHostString())) {
      TlsBegin.on(context.channel(), address);
    }
  }
}
