package io.endomesh.instrumentation.netty.vertx;

import io.netty.channel.ChannelHandlerContext;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code supportsFileRegion}: a file can not go from the disk to the network by itself if the mesh
 * encrypts it between. Stateless.
 */
public final class FileAdvice {

  private FileAdvice() {}

  /** Null leaves it as it is. */
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Boolean exit(@Advice.FieldValue("chctx") ChannelHandlerContext context) {
    if (!MeshTls.isOn(context.channel())) {
      return null;
    }
    MeshTls.takesFilesInParts(context);
    return Boolean.FALSE;
  }
}
