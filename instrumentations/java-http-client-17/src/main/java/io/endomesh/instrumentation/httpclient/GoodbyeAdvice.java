package io.endomesh.instrumentation.httpclient;

import java.util.Map;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code Http2Connection.handleGoAway}: a goodbye ends no call that the server still answers.
 * Stateless.
 */
public final class GoodbyeAdvice {

  private GoodbyeAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.This Object connection,
      @Advice.Argument(0) @Nullable Object frame,
      @Advice.FieldValue("streams") @Nullable Map<?, ?> streams) {
    return frame != null && streams != null && Goodbye.letsFinish(connection, frame, streams);
  }
}
