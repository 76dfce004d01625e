package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.identity.ClientTls;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one exchange, as the elements of the library's chain use it: it is opened to
 * the attempt's endpoint by the attempt's TLS, and what goes over it passes through a {@link
 * WireHandler}. Thread-safe.
 *
 * <p>A proxy, because the interface has got more methods with each version of the library.
 */
final class AsyncRuntime implements InvocationHandler {

  private final AsyncExchange exchange;
  private final AsyncExecRuntime runtime;
  private final AsyncExecRuntime asRuntime;
  private final HttpAttempt http;
  private final HttpRoute route;
  private final WireRequest wire;
  private final CallContext callContext;
  private volatile boolean delivers;
  private volatile boolean reused;

  AsyncRuntime(
      AsyncExchange exchange,
      AsyncExecChain.Scope scope,
      HttpAttempt http,
      WireRequest wire,
      CallContext callContext) {
    this.exchange = exchange;
    this.runtime = scope.execRuntime.fork();
    this.http = http;
    this.route = MeshRoute.asyncTo(http.attempt(), scope.route);
    this.wire = wire;
    this.callContext = callContext;
    this.asRuntime =
        (AsyncExecRuntime)
            Proxy.newProxyInstance(
                AsyncRuntime.class.getClassLoader(), new Class<?>[] {AsyncExecRuntime.class}, this);
  }

  /** As the library takes it. */
  AsyncExecRuntime asRuntime() {
    return asRuntime;
  }

  /** True if an attempt is under way already, so that its call goes on as the library has it. */
  static boolean is(AsyncExecRuntime runtime) {
    return Proxy.isProxyClass(runtime.getClass())
        && Proxy.getInvocationHandler(runtime) instanceof AsyncRuntime;
  }

  HttpAttempt http() {
    return http;
  }

  AsyncExchange exchange() {
    return exchange;
  }

  WireRequest wire() {
    return wire;
  }

  CallContext callContext() {
    return callContext;
  }

  /** True if the answer that has come is the application's. */
  boolean delivers() {
    return delivers;
  }

  void delivers(boolean itDoes) {
    delivers = itDoes;
  }

  /** True if its connection was one of the pool that stood already. */
  boolean reused() {
    return reused;
  }

  /** The connection may be used again. */
  void release() {
    runtime.releaseEndpoint();
  }

  /** The connection is closed, if there is one. */
  void discard() {
    runtime.discardEndpoint();
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given)
      throws Throwable {
    @Nullable Object[] arguments = given == null ? new Object[0] : given;
    switch (method.getName()) {
      case "acquireEndpoint" -> {
        arguments[1] = route;
        arguments[4] = new Acquired(callback(arguments[4]));
        return call(method, arguments);
      }
      case "connectEndpoint" -> {
        arguments[1] = new Connected(callback(arguments[1]));
        return secured(method, arguments);
      }
      case "execute" -> {
        arguments[1] =
            new WireHandler(
                this, (AsyncClientExchangeHandler) Objects.requireNonNull(arguments[1]));
        // Where the connection has been closed meanwhile the library opens another by itself.
        return secured(method, arguments);
      }
      case "equals" -> {
        return proxy == arguments[0];
      }
      default -> {
        return call(method, arguments);
      }
    }
  }

  @SuppressWarnings("unchecked") // What the interface declares.
  private static FutureCallback<AsyncExecRuntime> callback(@Nullable Object argument) {
    return (FutureCallback<AsyncExecRuntime>) Objects.requireNonNull(argument);
  }

  private @Nullable Object secured(Method method, @Nullable Object[] arguments) throws Throwable {
    Attempt attempt = http.attempt();
    ClientTls tls = attempt.tls();
    return tls == null
        ? call(method, arguments)
        : AsyncHandshake.around(tls, attempt.endpoint().address(), () -> call(method, arguments));
  }

  private @Nullable Object call(Method method, @Nullable Object[] arguments) throws Throwable {
    try {
      return method.invoke(runtime, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  /** Has a place in the pool, or a connection of it. */
  private final class Acquired extends Step {
    Acquired(FutureCallback<AsyncExecRuntime> next) {
      super(next);
    }

    @Override
    void first() {
      reused = runtime.isEndpointConnected();
    }

    @Override
    public void failed(Exception cause) {
      // The pool's failure, not the endpoint's.
      http.local();
      super.failed(cause);
    }
  }

  private final class Connected extends Step {
    Connected(FutureCallback<AsyncExecRuntime> next) {
      super(next);
    }
  }

  /** Goes on in the context of the call, unless the exchange was given up meanwhile. */
  private abstract class Step implements FutureCallback<AsyncExecRuntime> {
    private final FutureCallback<AsyncExecRuntime> next;

    Step(FutureCallback<AsyncExecRuntime> next) {
      this.next = next;
    }

    void first() {}

    @Override
    public final void completed(AsyncExecRuntime inner) {
      first();
      if (exchange.isOver()) {
        discard();
        return;
      }
      CallContext before = callContext.attach();
      try {
        next.completed(asRuntime);
      } catch (RuntimeException e) {
        // Of code of the application in an element of the chain; or the connection is gone again.
        exchange.failed(e);
      } finally {
        CallContext.restore(before);
      }
    }

    @Override
    public void failed(Exception cause) {
      next.failed(cause);
    }

    @Override
    public final void cancelled() {
      next.cancelled();
    }
  }
}
