package io.endomesh.instrumentation.jetty9;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.Response;

/**
 * {@code Response.newResponseMetaData}: the last place to change the headers of an answer, which
 * are copied in Jetty 10. Answers that Jetty shares among requests do not come by. Stateless.
 */
public final class ResponseAdvice {

  private ResponseAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Response response) {
    HttpChannel channel = response.getHttpChannel();
    // Else somebody asks, as a log does, and nothing leaves.
    if (channel.isCommitted()) {
      ServedRequest served = ServedRequest.of(channel.getRequest());
      if (served != null) {
        served.changes(response);
      }
    }
  }
}
