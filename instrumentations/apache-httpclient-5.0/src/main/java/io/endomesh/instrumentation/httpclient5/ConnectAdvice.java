package io.endomesh.instrumentation.httpclient5;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code DefaultAsyncClientConnectionOperator.connect}: a connection of an attempt that has a TLS
 * of the mesh is handed on when it speaks it. Stateless.
 *
 * <p>If this fails in any way, {@link TlsSession#check} refuses the connection.
 */
public final class ConnectAdvice {

  private ConnectAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToAllArguments(index = 0, typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object @Nullable [] enter(
      @Advice.AllArguments @Nullable Object[] arguments) {
    @Nullable Object[] changed = AsyncHandshake.into(arguments);
    return changed == null ? null : new Object[] {changed};
  }
}
