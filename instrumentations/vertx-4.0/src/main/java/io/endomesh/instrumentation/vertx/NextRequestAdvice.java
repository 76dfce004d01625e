package io.endomesh.instrumentation.vertx;

import io.vertx.core.http.HttpClientRequest;
import net.bytebuddy.asm.Advice;

/**
 * {@code HttpClientRequestImpl.handleNextRequest}: a redirect from outside led into the mesh, and
 * the library takes the next request for one of its own. Stateless.
 */
public final class NextRequestAdvice {

  private NextRequestAdvice() {}

  /** True if it is sent. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.Argument(0) HttpClientRequest next,
      @Advice.Argument(1) Object answer,
      @Advice.Argument(2) long timeoutMillis) {
    return MeshRequest.redirected(next, answer, timeoutMillis);
  }
}
