package io.endomesh.instrumentation.tomcat;

import io.endomesh.dataplane.CallContext;
import net.bytebuddy.asm.Advice;
import org.apache.coyote.Request;
import org.jspecify.annotations.Nullable;

/**
 * {@code CoyoteAdapter.service}: the frame in which one request is parsed, decided about and
 * handled; whatever context it was given is gone from the thread behind it. Stateless.
 */
public final class ServiceAdvice {

  private ServiceAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static CallContext enter(@Advice.Argument(0) Request request) {
    ServedRequest.begin(request);
    return CallContext.current();
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(@Advice.Enter @Nullable CallContext before) {
    if (before != null) {
      CallContext.restore(before);
    }
  }
}
