package io.endomesh.instrumentation.reactornetty;

import java.util.function.Supplier;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.transport.TransportConfig;

/**
 * {@code HttpConnectionProvider.acquire}: a call to the mesh gets a connection to the mesh.
 * Stateless.
 */
public final class AcquireAdvice {

  private AcquireAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Mono<Connection> enter(
      @Advice.Argument(0) TransportConfig config,
      @Advice.Argument(1) ConnectionObserver observer,
      @Advice.Argument(2) Supplier<?> remote) {
    return MeshHop.acquire(config, observer, remote);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Object exit(
      @Advice.Enter @Nullable Mono<Connection> mesh,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object library) {
    return mesh == null ? library : mesh;
  }
}
