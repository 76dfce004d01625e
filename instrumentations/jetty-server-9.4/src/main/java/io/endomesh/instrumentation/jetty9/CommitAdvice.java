package io.endomesh.instrumentation.jetty9;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpChannel;

/**
 * {@code HttpChannel.commit}: an answer leaves the server, that of an error page included.
 * Stateless.
 */
public final class CommitAdvice {

  private CommitAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.This HttpChannel channel, @Advice.Argument(0) MetaData.Response answer) {
    ServedRequest served = ServedRequest.of(channel.getRequest());
    if (served != null) {
      served.answers(answer);
    }
  }
}
