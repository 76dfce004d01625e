package io.endomesh.instrumentation.r2dbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object of a driver, shown to the application in the interfaces that the driver's own has, so
 * that it may be cast to them. Each call goes to the driver's object and back. As thread-safe as
 * that.
 */
abstract class Observed implements InvocationHandler {

  private final Object original;

  Observed(Object original) {
    this.original = original;
  }

  /** Of the classes' own interfaces, those that others may see. */
  final Object proxy() {
    Set<Class<?>> interfaces = new LinkedHashSet<>();
    for (Class<?> type = original.getClass(); type != null; type = type.getSuperclass()) {
      for (Class<?> each : type.getInterfaces()) {
        if (Modifier.isPublic(each.getModifiers())) {
          interfaces.add(each);
        }
      }
    }
    return Proxy.newProxyInstance(
        original.getClass().getClassLoader(), interfaces.toArray(Class<?>[]::new), this);
  }

  @Override
  public final @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (method.getName().equals("equals") && arguments != null && arguments.length == 1) {
      return original.equals(unwrapped(arguments[0]));
    }
    Object returned = call(method, arguments);
    told(method, arguments);
    return returned == original ? proxy : shown(method, arguments, returned);
  }

  private static @Nullable Object unwrapped(@Nullable Object other) {
    return other != null
            && Proxy.isProxyClass(other.getClass())
            && Proxy.getInvocationHandler(other) instanceof Observed observed
        ? observed.original
        : other;
  }

  private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(original, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  /** What the application has just told the driver's object. */
  void told(Method method, @Nullable Object @Nullable [] arguments) {}

  /** What the application gets of what the driver gave. */
  abstract @Nullable Object shown(
      Method method, @Nullable Object @Nullable [] arguments, @Nullable Object returned);
}
