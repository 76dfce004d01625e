package io.endomesh.instrumentation.httpserver;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code Request.WriteStream.write}: where all bytes of a connection go out. Stateless. */
public final class WriteAdvice {

  private WriteAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Moved enter(
      @Advice.FieldValue("channel") SocketChannel channel,
      @Advice.Argument(0) byte[] source,
      @Advice.Argument(1) int offset,
      @Advice.Argument(2) int length) {
    return Wires.write(channel, source, offset, length);
  }

  /** Null leaves what the stream throws by itself. */
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToThrown(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable IOException exit(@Advice.Enter @Nullable Moved moved) {
    return moved == null ? null : moved.failure();
  }
}
