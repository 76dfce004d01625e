package io.endomesh.instrumentation.netty.reactor;

import java.util.function.BiFunction;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import reactor.netty.http.server.HttpServer;

/** {@code HttpServer.handle}: who answers all requests of a server is known. Stateless. */
public final class HandleAdvice {

  private HandleAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static HttpServer exit(
      @Advice.Argument(0) BiFunction<?, ?, ?> handler, @Advice.Return HttpServer server) {
    return Routing.by(handler, server);
  }
}
