package io.endomesh.instrumentation.httpserver;

import java.nio.channels.SocketChannel;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code Request.ReadStream.available}: asked behind each request, because bytes that were read
 * from the channel already wake no dispatcher. Stateless.
 */
public final class AvailableAdvice {

  private AvailableAdvice() {}

  /** Not null if the stream is not to answer by itself. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Integer enter(@Advice.FieldValue("channel") SocketChannel channel) {
    return Wires.available(channel);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Integer exit(@Advice.Enter @Nullable Integer available) {
    return available;
  }
}
