package io.endomesh.instrumentation.httpserver;

import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * The constructor of {@code Event}: an answer was written to its end, on whatever thread.
 * Stateless.
 */
public final class EventAdvice {

  private EventAdvice() {}

  /**
   * The call ends.
   *
   * @param exchange null for the event that ends the server
   */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.Argument(0) @Nullable Object exchange) {
    if (exchange != null) {
      ServedRequest.answered(exchange);
    }
  }
}
