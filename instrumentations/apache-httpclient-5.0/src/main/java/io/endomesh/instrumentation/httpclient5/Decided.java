package io.endomesh.instrumentation.httpclient5;

import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Remembers in the context of a call, which the application may use again, the response or
 * exception that the mesh delivered last. Stateless.
 */
final class Decided {

  private static final String ATTRIBUTE = "endomesh.decided";

  private Decided() {}

  static void by(HttpContext context, Object result) {
    context.setAttribute(ATTRIBUTE, result);
  }

  /**
   * @param arguments an answer or an exception somewhere, the context last
   */
  static boolean isAmong(@Nullable Object[] arguments) {
    Object decided =
        arguments.length > 0 && arguments[arguments.length - 1] instanceof HttpContext context
            ? context.getAttribute(ATTRIBUTE)
            : null;
    if (decided != null) {
      for (Object argument : arguments) {
        if (argument == decided) {
          return true;
        }
      }
    }
    return false;
  }
}
