package io.endomesh.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * {@code RetryAndFollowUpInterceptor.followUpRequest}: an answer that the library would ask for
 * again by itself is final if the mesh delivered it. Redirects and passwords are the library's.
 * Stateless.
 */
public final class FollowUpAdvice {

  private FollowUpAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(@Advice.Argument(0) @Nullable Response response) {
    return response != null && Mark.isFinal(response);
  }
}
