package io.endomesh.instrumentation.netty.vertx;

import io.netty.channel.ChannelHandlerContext;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code ConnectionBase.isSsl}: the mesh's TLS is not the application's concern. Stateless. */
public final class SchemeAdvice {

  private SchemeAdvice() {}

  /** Null leaves it as it is. */
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Boolean exit(@Advice.FieldValue("chctx") ChannelHandlerContext context) {
    return MeshTls.isOn(context.channel()) ? Boolean.FALSE : null;
  }
}
