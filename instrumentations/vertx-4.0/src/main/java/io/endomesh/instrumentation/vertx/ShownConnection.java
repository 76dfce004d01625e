package io.endomesh.instrumentation.vertx;

import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a request as its URL says it is, whatever an attempt went out by.
 *
 * @param sent by the attempt that was answered; null if none was
 */
record ShownConnection(Target target, @Nullable HttpClientRequest sent)
    implements InvocationHandler {

  static HttpConnection of(Target target, @Nullable HttpClientRequest sent) {
    return (HttpConnection)
        Proxy.newProxyInstance(
            HttpConnection.class.getClassLoader(),
            new Class<?>[] {HttpConnection.class},
            new ShownConnection(target, sent));
  }

  @Override
  public @Nullable Object invoke(Object self, Method method, @Nullable Object[] args)
      throws Throwable {
    return switch (method.getName()) {
      case "isSsl" -> target.isSecure();
      case "hashCode" -> System.identityHashCode(self);
      case "equals" -> args != null && self == args[0];
      default ->
          sent == null
              ? Calls.other(self, method, args)
              : Calls.on(sent.connection(), method, args);
    };
  }
}
