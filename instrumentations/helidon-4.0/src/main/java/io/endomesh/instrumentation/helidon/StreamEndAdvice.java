package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Status;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code Http2ServerStream.run}: the frame of a stream, on a thread of its own. What went past the
 * routing of HTTP ends here. Stateless.
 */
public final class StreamEndAdvice {

  private StreamEndAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static CallContext enter() {
    return CallContext.current();
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(
      @Advice.Enter @Nullable CallContext before,
      @Advice.FieldValue("prologue") @Nullable HttpPrologue prologue,
      @Advice.Thrown @Nullable Throwable failure) {
    if (before != null) {
      CallContext.restore(before);
    }
    InboundCall call = DecidedBefore.take(prologue);
    if (call != null) {
      ServedRequest.end(call, failure == null ? Status.OK_200 : null, failure);
    }
  }
}
