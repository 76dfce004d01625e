package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.InboundCall;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code Http1Connection.handle}: of a connection that ends, a request may be left that was decided
 * about and came to no routing, because Helidon refused it itself. Stateless.
 */
public final class ConnectionEndAdvice {

  private ConnectionEndAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(
      @Advice.FieldValue("ctx") Object connection, @Advice.Thrown @Nullable Throwable failure) {
    InboundCall call = DecidedBefore.take(connection);
    if (call != null) {
      ServedRequest.end(call, /* sent= */ null, failure);
    }
  }
}
