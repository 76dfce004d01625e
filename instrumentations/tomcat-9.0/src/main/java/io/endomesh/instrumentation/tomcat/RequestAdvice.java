package io.endomesh.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.apache.catalina.connector.Request;
import org.apache.coyote.Response;
import org.jspecify.annotations.Nullable;

/**
 * {@code CoyoteAdapter.postParseRequest}: behind it the path is decoded and normalized, as it was
 * mapped to the application, so that is what policies see. A refusal is written here, and the
 * answer "do not go on" keeps the application from being asked. Stateless.
 */
public final class RequestAdvice {

  private RequestAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.Argument(0) org.apache.coyote.Request request) {
    ServedRequest.schemeOfConnector(request);
  }

  /** Null leaves the answer of Tomcat. */
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Boolean exit(
      @Advice.Argument(1) Request request,
      @Advice.Argument(2) Response response,
      @Advice.Return boolean goesOn) {
    return goesOn && !ServedRequest.serve(request, response) ? Boolean.FALSE : null;
  }
}
