package io.endomesh.instrumentation.httpclient5;

import java.net.Socket;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code DefaultManagedHttpClientConnection.bind}: the socket of an attempt that has a TLS of the
 * mesh becomes one that speaks it. Stateless.
 *
 * <p>If this fails in any way, {@link Handshake#check} refuses the connection.
 */
public final class BindAdvice {

  private BindAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static @Nullable Socket enter(@Advice.Argument(0) @Nullable Socket socket) {
    return socket == null ? null : Handshake.secured(socket);
  }
}
