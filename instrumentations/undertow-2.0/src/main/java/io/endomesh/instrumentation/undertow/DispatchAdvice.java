package io.endomesh.instrumentation.undertow;

import io.undertow.server.HttpServerExchange;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpServerExchange.dispatch}: a request goes on on another thread, under the same context.
 * Stateless.
 */
public final class DispatchAdvice {

  private DispatchAdvice() {}

  /** Null leaves the task as it is. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Assigner.Typing.DYNAMIC))
  public static @Nullable Runnable enter(
      @Advice.This HttpServerExchange exchange, @Advice.Argument(1) @Nullable Runnable task) {
    ServedRequest served = ServedRequest.of(exchange);
    return served == null || task == null ? null : served.under(task);
  }
}
