package io.endomesh.instrumentation.vertx;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What becomes of methods that one of ours does not answer by itself. Stateless. */
final class Calls {

  private Calls() {}

  /** Does what the interface says by itself; a setter sets nothing. */
  static @Nullable Object other(Object proxy, Method method, @Nullable Object[] args)
      throws Throwable {
    if (method.isDefault()) {
      return InvocationHandler.invokeDefault(proxy, method, args);
    }
    if (method.getReturnType().isInstance(proxy)) {
      return proxy;
    }
    throw new UnsupportedOperationException(method.getName() + ": not for a call of the mesh");
  }

  /** An argument that is there, and of the type that the interface says. */
  @SuppressWarnings("unchecked")
  static <T> T given(@Nullable Object argument) {
    return (T) Objects.requireNonNull(argument);
  }

  static @Nullable Object on(Object target, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
