package io.endomesh.instrumentation.jetty9;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.HttpChannel;

/** {@code HttpChannel.onCompleted}: the request is over, on whatever thread. Stateless. */
public final class CompletedAdvice {

  private CompletedAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This HttpChannel channel) {
    ServedRequest served = ServedRequest.of(channel.getRequest());
    if (served != null) {
      served.ends(channel, null);
    }
  }
}
