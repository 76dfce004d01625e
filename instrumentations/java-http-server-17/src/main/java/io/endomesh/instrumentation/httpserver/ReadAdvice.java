package io.endomesh.instrumentation.httpserver;

import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code Request.ReadStream.read}: where all bytes of a connection come in. Stateless. */
public final class ReadAdvice {

  private ReadAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Moved enter(
      @Advice.FieldValue("channel") SocketChannel channel,
      @Advice.Argument(0) byte[] target,
      @Advice.Argument(1) int offset,
      @Advice.Argument(2) int length) {
    return Wires.read(channel, target, offset, length);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(index = 0, typing = Assigner.Typing.DYNAMIC)
  @Advice.AssignReturned.ToThrown(index = 1, typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object @Nullable [] exit(@Advice.Enter @Nullable Moved moved) {
    return moved == null ? null : new @Nullable Object[] {moved.bytes(), moved.failure()};
  }
}
