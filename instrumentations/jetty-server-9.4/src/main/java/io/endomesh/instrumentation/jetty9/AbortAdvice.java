package io.endomesh.instrumentation.jetty9;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.HttpChannel;
import org.jspecify.annotations.Nullable;

/** {@code HttpChannel.abort}: the answer breaks off. Stateless. */
public final class AbortAdvice {

  private AbortAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.This HttpChannel channel, @Advice.Argument(0) @Nullable Throwable failure) {
    ServedRequest served = ServedRequest.of(channel.getRequest());
    if (served != null) {
      served.ends(channel, failure);
    }
  }
}
