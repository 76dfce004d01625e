package io.endomesh.instrumentation.netty.vertx;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** {@code HttpServerImpl.listen}: a server begins to bind its port. Stateless. */
public final class ListenAdvice {

  private ListenAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.FieldValue("options") HttpServerOptions options,
      @Advice.Return @Nullable Future<HttpServer> listening) {
    if (listening != null && !options.isSsl()) {
      Ports.offerWhenBound(listening);
    }
  }
}
