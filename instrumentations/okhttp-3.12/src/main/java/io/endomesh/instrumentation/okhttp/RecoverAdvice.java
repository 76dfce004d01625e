package io.endomesh.instrumentation.okhttp;

import java.io.IOException;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code RetryAndFollowUpInterceptor.recover}: a failure that the mesh delivered is final. Up to
 * 3.13 the library would ask again without end: it counts the routes of a connection that it never
 * opened. Stateless.
 */
public final class RecoverAdvice {

  private RecoverAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(@Advice.Argument(0) @Nullable IOException failure) {
    return failure != null && MeshHop.delivered(failure);
  }
}
