package io.endomesh.instrumentation.vertx;

import io.endomesh.dataplane.CallContext;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * An answer to an attempt, as one to the application's own request. It stands still until the
 * application had it in hands. Used by the thread of its context.
 */
final class Answer implements InvocationHandler {

  private final HttpClientResponse response;
  private final HttpClientRequest request;
  private final CallContext context;
  private final HttpClientResponse proxy;
  private boolean isHeld;

  /**
   * @param response the library's
   * @param request what the application has
   * @param context of the call, in which what the application is told runs
   */
  Answer(HttpClientResponse response, HttpClientRequest request, CallContext context) {
    this.response = response;
    this.request = request;
    this.context = context;
    this.proxy =
        (HttpClientResponse)
            Proxy.newProxyInstance(
                HttpClientResponse.class.getClassLoader(),
                new Class<?>[] {HttpClientResponse.class},
                this);
  }

  HttpClientResponse proxy() {
    return proxy;
  }

  /** Goes on, if the application did not stop it. */
  void flows() {
    if (!isHeld) {
      response.resume();
    }
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, @Nullable Object[] args)
      throws Throwable {
    switch (method.getName()) {
      case "request":
        return request;
      case "hashCode":
        return System.identityHashCode(proxy);
      case "equals":
        return args != null && proxy == args[0];
      case "pause":
        isHeld = true;
        break;
      case "resume", "fetch":
        isHeld = false;
        break;
      default:
        break;
    }
    Object result = Calls.on(response, method, within(method, args));
    return result == response
        ? proxy
        : result instanceof Future<?> future ? within(future) : result;
  }

  /** What is a handler besides, as a stream that is written, stays what it is. */
  private @Nullable Object @Nullable [] within(Method method, @Nullable Object @Nullable [] args) {
    if (args == null) {
      return null;
    }
    @Nullable Object[] told = args.clone();
    for (int i = 0; i < told.length; i++) {
      if (method.getParameterTypes()[i] == Handler.class && told[i] instanceof Handler<?> handler) {
        told[i] = within(handler);
      }
    }
    return told;
  }

  private <T> Handler<T> within(Handler<T> handler) {
    return value -> {
      CallContext before = context.attach();
      try {
        handler.handle(value);
      } finally {
        CallContext.restore(before);
      }
    };
  }

  private <T> Future<T> within(Future<T> future) {
    Promise<T> told = Promise.promise();
    Handler<AsyncResult<T>> tells =
        result -> {
          if (result.succeeded()) {
            told.tryComplete(result.result());
          } else {
            told.tryFail(result.cause());
          }
        };
    future.onComplete(within(tells));
    return told.future();
  }
}
