package io.endomesh.instrumentation.jdbc;

import net.bytebuddy.asm.Advice;

/**
 * {@code Connection.commit}, {@code isValid} and the like: what a driver executes for them is no
 * statement of the application, and each driver executes something else. Stateless.
 */
public final class UpkeepAdvice {

  private UpkeepAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter() {
    MeshStatement.EXECUTING.enter();
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit() {
    MeshStatement.EXECUTING.exit();
  }
}
