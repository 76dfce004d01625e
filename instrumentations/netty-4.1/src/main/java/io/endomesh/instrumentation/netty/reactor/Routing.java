package io.endomesh.instrumentation.netty.reactor;

import io.endomesh.instrumentation.netty.Attributes;
import io.endomesh.instrumentation.netty.PathReading;
import io.netty.util.AttributeKey;
import java.util.function.BiFunction;
import reactor.netty.http.server.HttpServer;

/** Tells by who answers a server's requests how paths are read. Stateless. */
final class Routing {

  private static final AttributeKey<PathReading[]> READINGS =
      AttributeKey.valueOf(Attributes.READINGS);

  private static final String SPRING =
      "org.springframework.http.server.reactive.ReactorHttpHandlerAdapter";

  private Routing() {}

  /** The server with its connections marked. */
  static HttpServer by(BiFunction<?, ?, ?> handler, HttpServer server) {
    return server.childAttr(READINGS, readings(handler));
  }

  /**
   * Reactor Netty's routes compare what was written, its request says it decoded, and Spring may be
   * behind a handler of the application.
   */
  private static PathReading[] readings(BiFunction<?, ?, ?> handler) {
    return handler.getClass().getName().equals(SPRING)
        ? new PathReading[] {PathReading.WITHOUT_PARAMETERS}
        : new PathReading[] {
          PathReading.AS_WRITTEN, PathReading.DECODED, PathReading.WITHOUT_PARAMETERS
        };
  }
}
