package io.endomesh.instrumentation.armeria.server;

import com.linecorp.armeria.common.util.SafeCloseable;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.dataplane.CallContext;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code ServiceRequestContext.push}: wherever a request is the current one, so is its call.
 * Stateless.
 */
public final class PushAdvice {

  private PushAdvice() {}

  /** Null leaves it as it is. */
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable SafeCloseable exit(
      @Advice.This ServiceRequestContext context, @Advice.Return SafeCloseable pop) {
    ServedRequest served = ServedRequest.of(context);
    if (served == null) {
      return null;
    }
    CallContext before = served.attach();
    return () -> {
      CallContext.restore(before);
      pop.close();
    };
  }
}
