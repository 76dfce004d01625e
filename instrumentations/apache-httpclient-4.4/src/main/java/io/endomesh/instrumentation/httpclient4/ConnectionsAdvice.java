package io.endomesh.instrumentation.httpclient4;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * Constructors of the library's exchanges: what one asks for connections becomes {@link
 * MeshConnections}. Stateless.
 */
public final class ConnectionsAdvice {

  private ConnectionsAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToAllArguments(index = 0, typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object @Nullable [] enter(
      @Advice.AllArguments @Nullable Object[] arguments) {
    @Nullable Object[] changed = MeshConnections.into(arguments);
    return changed == null ? null : new Object[] {changed};
  }
}
