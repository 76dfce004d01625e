package io.endomesh.instrumentation.r2dbc;

import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code ConnectionFactories.find}, by which {@code get} finds a factory as well: the application
 * gets ours around that of its driver. Stateless.
 */
public final class FindAdvice {

  private FindAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable ConnectionFactory exit(
      @Advice.Argument(0) @Nullable ConnectionFactoryOptions options,
      @Advice.Return @Nullable ConnectionFactory found) {
    return options == null || found == null ? null : MeshFactory.around(found, options);
  }
}
