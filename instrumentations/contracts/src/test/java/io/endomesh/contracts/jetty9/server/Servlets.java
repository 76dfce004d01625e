package io.endomesh.contracts.jetty9.server;

import java.lang.reflect.Constructor;
import org.eclipse.jetty.servlet.ServletHolder;

/** Servlets of Java EE, or of Jakarta EE for Jetty 11: so none is named here. Stateless. */
final class Servlets {

  private Servlets() {}

  /**
   * @param servlet binary name of its class, which has one constructor
   */
  static ServletHolder make(String servlet, Object... arguments) throws Exception {
    Constructor<?> constructor = Class.forName(servlet).getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    Object made = constructor.newInstance(arguments);
    for (Constructor<?> each : ServletHolder.class.getConstructors()) {
      if (each.getParameterCount() == 1 && each.getParameterTypes()[0].isInstance(made)) {
        return (ServletHolder) each.newInstance(made);
      }
    }
    throw new IllegalStateException(servlet + ": no servlet of this Jetty (expected: one)");
  }
}
