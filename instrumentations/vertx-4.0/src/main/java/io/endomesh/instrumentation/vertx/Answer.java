package io.endomesh.instrumentation.vertx;

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
  private final HttpClientResponse proxy;
  private boolean isHeld;

  /**
   * @param response the library's
   * @param request what the application has
   */
  Answer(HttpClientResponse response, HttpClientRequest request) {
    this.response = response;
    this.request = request;
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
    Object result = Calls.on(response, method, args);
    return result == response ? proxy : result;
  }
}
