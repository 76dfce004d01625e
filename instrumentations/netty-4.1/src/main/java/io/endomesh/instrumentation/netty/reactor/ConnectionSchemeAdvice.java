package io.endomesh.instrumentation.netty.reactor;

import io.netty.channel.ChannelHandlerContext;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToFields.ToField;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpTrafficHandler.channelRead}: before the library looks, once for each of them, whether
 * a connection has TLS: the mesh's is not the application's concern. Stateless.
 */
public final class ConnectionSchemeAdvice {

  private ConnectionSchemeAdvice() {}

  /** Null leaves it to the library. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToFields(@ToField(value = "secure", typing = Assigner.Typing.DYNAMIC))
  public static @Nullable Boolean enter(
      @Advice.FieldValue("secure") @Nullable Boolean known,
      @Advice.Argument(0) ChannelHandlerContext context) {
    return known == null ? Scheme.of(context.channel()) : null;
  }
}
