package io.endomesh.instrumentation.asynchttpclient;

import java.util.List;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code NettyChannelConnector}, its constructor: the connection of an attempt is opened to the
 * attempt's endpoint. Stateless.
 */
public final class AddressAdvice {

  private AddressAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToAllArguments(index = 0, typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object @Nullable [] enter(
      @Advice.AllArguments @Nullable Object[] arguments) {
    @Nullable Object[] changed = null;
    for (Object argument : arguments) {
      if (argument instanceof AttemptHandler attempt) {
        changed = arguments.clone();
        for (int i = 0; i < changed.length; i++) {
          if (changed[i] instanceof List<?>) {
            changed[i] = List.of(attempt.address());
          }
        }
      }
    }
    return changed == null ? null : new Object[] {changed};
  }
}
