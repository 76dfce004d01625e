package io.endomesh.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.coyote.Response;

/**
 * {@code AbstractProcessor.action}: the head of every answer passes here on its way out, after all
 * that the application may have done to it, a reset for an error page included. Stateless.
 */
public final class CommitAdvice {

  private CommitAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.Argument(0) ActionCode code,
      @Advice.FieldValue("request") Request request,
      @Advice.FieldValue("response") Response response) {
    if (code == ActionCode.COMMIT && !response.isCommitted()) {
      ServedRequest.commit(request, response);
    }
  }
}
