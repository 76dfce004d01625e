package io.endomesh.instrumentation.urlconnection;

import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code KeepAliveCache.put}: a connection of the mesh waits among those of its endpoint and TLS.
 * Called by whatever thread comes to the end of an answer. Stateless.
 */
public final class PoolPutAdvice {

  private PoolPutAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(@Advice.AssignReturned.ToArguments.ToArgument(1))
  public static @Nullable Object enter(@Advice.Argument(2) @Nullable Object client) {
    PooledSocket pooled = client == null ? null : PooledSocket.of(client);
    return pooled == null ? null : pooled.key();
  }
}
