package io.endomesh.instrumentation.netty.vertx;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** {@code TcpHttpServer.listen}, since 5.1: a server begins to bind its port. Stateless. */
public final class TcpListenAdvice {

  private TcpListenAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.FieldValue("ssl") boolean hasTls,
      @Advice.Return @Nullable Future<HttpServer> listening) {
    if (listening != null && !hasTls) {
      Ports.offerWhenBound(listening);
    }
  }
}
