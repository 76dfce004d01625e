package io.endomesh.instrumentation.helidon;

import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code Http1ServerResponse.nonEntityBytes}: where the head of each answer is written, whoever
 * made it. Stateless.
 */
public final class HeadAdvice {

  private HeadAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.Argument(0) ServerResponseHeaders headers,
      @Advice.Argument(1) @Nullable Status status) {
    ServedRequest.head(headers, status);
  }
}
