package io.endomesh.instrumentation.httpclient5;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.Objects;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.jspecify.annotations.Nullable;

/**
 * What an element of the library's asynchronous chain is handed: one hop of a call of the
 * application. Immutable.
 *
 * @param body null if there is none
 */
record Hop(HttpRequest request, @Nullable AsyncEntityProducer body, AsyncExecChain.Scope scope) {

  /** The scope of an attempt of this hop. */
  AsyncExecChain.Scope scope(
      HttpRequest original,
      CancellableDependency cancelledBy,
      HttpClientContext context,
      AsyncExecRuntime runtime) {
    return WithScheduler.CONSTRUCTOR == null
        ? new AsyncExecChain.Scope(
            scope.exchangeId,
            MeshRoute.direct(scope.route),
            original,
            cancelledBy,
            context,
            runtime)
        : WithScheduler.scope(scope, original, cancelledBy, context, runtime);
  }

  /** Since 5.1 a scope also has a scheduler and a count, which elements below may use. */
  private static final class WithScheduler {

    private static final @Nullable Field SCHEDULER = field("scheduler");
    private static final @Nullable Field COUNT = field("execCount");
    static final @Nullable Constructor<?> CONSTRUCTOR =
        SCHEDULER == null || COUNT == null ? null : constructor(SCHEDULER, COUNT);

    private static @Nullable Field field(String name) {
      try {
        return AsyncExecChain.Scope.class.getField(name);
      } catch (NoSuchFieldException older) {
        return null;
      }
    }

    private static @Nullable Constructor<?> constructor(Field scheduler, Field count) {
      try {
        return AsyncExecChain.Scope.class.getConstructor(
            String.class,
            HttpRoute.class,
            HttpRequest.class,
            CancellableDependency.class,
            HttpClientContext.class,
            AsyncExecRuntime.class,
            scheduler.getType(),
            count.getType());
      } catch (NoSuchMethodException older) {
        return null;
      }
    }

    static AsyncExecChain.Scope scope(
        AsyncExecChain.Scope scope,
        HttpRequest original,
        CancellableDependency cancelledBy,
        HttpClientContext context,
        AsyncExecRuntime runtime) {
      try {
        return (AsyncExecChain.Scope)
            Objects.requireNonNull(CONSTRUCTOR)
                .newInstance(
                    scope.exchangeId,
                    MeshRoute.direct(scope.route),
                    original,
                    cancelledBy,
                    context,
                    runtime,
                    Objects.requireNonNull(SCHEDULER).get(scope),
                    Objects.requireNonNull(COUNT).get(scope));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("scope of the library: " + e.getMessage(), e);
      }
    }
  }
}
