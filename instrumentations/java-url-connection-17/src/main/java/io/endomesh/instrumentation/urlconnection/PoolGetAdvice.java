package io.endomesh.instrumentation.urlconnection;

import java.net.URL;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code KeepAliveCache.get}: an attempt finds connections of its own endpoint and TLS, and no
 * others. Stateless.
 */
public final class PoolGetAdvice {

  private PoolGetAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(@Advice.AssignReturned.ToArguments.ToArgument(1))
  public static @Nullable Object enter(@Advice.Argument(0) @Nullable URL url) {
    UnderWay attempt = UnderWay.current();
    return attempt == null || !attempt.asks(url) ? null : attempt.key();
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.Argument(0) @Nullable URL url, @Advice.Return @Nullable Object client) {
    UnderWay attempt = UnderWay.current();
    if (attempt != null && client != null && attempt.asks(url)) {
      attempt.reuses(client);
    }
  }
}
