package io.endomesh.instrumentation.httpclient5;

import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.jspecify.annotations.Nullable;

/**
 * What the application cancels a call by: its request. Later hops of a redirect do not have it any
 * more, but the same runtime as the first. Immutable.
 */
record Cancelled(ExecRuntime runtime, CancellableDependency by) {

  private static final String ATTRIBUTE = "endomesh.cancelled";

  /** Null if it cannot be cancelled, or the hop is the first into the mesh behind others. */
  static @Nullable CancellableDependency by(ExecChain.Scope scope) {
    if (scope.originalRequest instanceof CancellableDependency request) {
      scope.clientContext.setAttribute(ATTRIBUTE, new Cancelled(scope.execRuntime, request));
      return request;
    }
    return scope.clientContext.getAttribute(ATTRIBUTE) instanceof Cancelled earlier
            && earlier.runtime == scope.execRuntime
        ? earlier.by
        : null;
  }
}
