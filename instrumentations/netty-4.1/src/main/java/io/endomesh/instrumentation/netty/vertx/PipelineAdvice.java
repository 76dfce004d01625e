package io.endomesh.instrumentation.netty.vertx;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpServer;
import net.bytebuddy.asm.Advice;

/**
 * {@code configurePipeline} of a server's connections: how who answers its requests reads their
 * path is known. Stateless.
 */
public final class PipelineAdvice {

  private PipelineAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(
      @Advice.FieldValue("server") HttpServer server, @Advice.Argument(0) Channel connection) {
    Routing.by(server.requestHandler(), connection);
  }
}
