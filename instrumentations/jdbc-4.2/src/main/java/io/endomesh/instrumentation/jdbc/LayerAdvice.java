package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.identity.PrescribedTls;
import java.io.IOException;
import java.net.Socket;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code SSLSocketFactory.createSocket(Socket, …)}: a driver that opens a connection which needs
 * TLS of the mesh gets that. Stateless.
 */
public final class LayerAdvice {

  private LayerAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Socket enter(
      @Advice.Argument(0) @Nullable Socket connected,
      @Advice.Argument(1) @Nullable String host,
      @Advice.Argument(2) int port,
      @Advice.Argument(3) boolean autoClose)
      throws IOException {
    return connected == null || host == null
        ? null
        : PrescribedTls.over(connected, host, port, autoClose);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Socket exit(
      @Advice.Enter @Nullable Socket secured,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) @Nullable Object made) {
    return secured != null ? secured : (Socket) made;
  }
}
