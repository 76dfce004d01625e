package io.endomesh.instrumentation.jetty9;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.URIUtil;
import org.jspecify.annotations.Nullable;

/**
 * {@code ContextHandler.doScope}: an application is about to be chosen by a path that handlers in
 * front of it, as a {@code RewriteHandler}, may have changed. Stateless.
 */
public final class ContextAdvice {

  private ContextAdvice() {}

  /** True if the request was refused and answered. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.This ContextHandler context,
      @Advice.Argument(0) @Nullable String target,
      @Advice.Argument(1) Request request) {
    if (target == null) {
      return false;
    }
    ServedRequest served = ServedRequest.of(request);
    String path = context.isCompactPath() ? URIUtil.compactPath(target) : target;
    return served != null && served.refusesAt(path, request);
  }
}
