package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code WsUpgrader.upgrade}, by which a request becomes a WebSocket past all filters. Newer
 * versions route it through them instead. Null is its answer for "route it on", where a refusal is
 * written. Stateless.
 */
public final class UpgradeAdvice {

  private UpgradeAdvice() {}

  /** True skips the upgrade; else the context that was current before. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class, skipOn = Boolean.class)
  public static Object enter(
      @Advice.Argument(0) ConnectionContext connection,
      @Advice.Argument(1) HttpPrologue prologue,
      @Advice.Argument(2) WritableHeaders<?> headers) {
    InboundCall call =
        DecidedBefore.decide(
            connection, connection, prologue, headers, DecidedBefore.host(headers));
    if (call != null && call.refusal() == null) {
      return call.context().attach();
    }
    return Boolean.TRUE;
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit(
      @Advice.Enter @Nullable Object entered,
      @Advice.Argument(0) ConnectionContext connection,
      @Advice.Return @Nullable Object upgraded,
      @Advice.Thrown @Nullable Throwable failure) {
    if (entered instanceof CallContext before) {
      CallContext.restore(before);
      if (upgraded != null || failure != null) {
        InboundCall call = DecidedBefore.take(connection);
        if (call != null) {
          ServedRequest.end(
              call, upgraded == null ? null : Status.SWITCHING_PROTOCOLS_101, failure);
        }
      }
    }
  }
}
