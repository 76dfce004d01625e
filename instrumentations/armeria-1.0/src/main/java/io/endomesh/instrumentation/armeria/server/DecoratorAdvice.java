package io.endomesh.instrumentation.armeria.server;

import com.linecorp.armeria.server.HttpService;
import java.util.function.Function;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code VirtualHostBuilder.getRouteDecoratingService}: what is put around each service of a host,
 * also around the one that answers what no other does. Ours is in front of all that the application
 * decorates its services with. Stateless.
 */
public final class DecoratorAdvice {

  private DecoratorAdvice() {}

  /**
   * @param library null if the application decorates nothing by path
   */
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static Function<HttpService, HttpService> exit(
      @Advice.Return @Nullable Function<HttpService, HttpService> library) {
    return library == null ? MeshService::new : service -> new MeshService(library.apply(service));
  }
}
