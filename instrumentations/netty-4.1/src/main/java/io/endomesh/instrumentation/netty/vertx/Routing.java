package io.endomesh.instrumentation.netty.vertx;

import io.endomesh.instrumentation.netty.Attributes;
import io.endomesh.instrumentation.netty.PathReading;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/** Tells by who answers a server's requests how paths are read. Thread-safe. */
final class Routing {

  private static final AttributeKey<PathReading[]> READINGS =
      AttributeKey.valueOf(Attributes.READINGS);

  private static final String ROUTER = "io.vertx.ext.web.impl.RouterImpl";

  private static final PathReading[] OF_ROUTER = {
    PathReading.OF_VERTX_ROUTER, PathReading.OF_VERTX_PARAMETERS
  };

  private static final PathReading[] OF_ROUTER_AND_REQUEST = {
    PathReading.OF_VERTX_ROUTER, PathReading.OF_VERTX_PARAMETERS, PathReading.OF_VERTX
  };

  /** A handler of the application may compare a path itself, or give it on to a router. */
  private static final PathReading[] ANY = {
    PathReading.OF_VERTX,
    PathReading.DECODED,
    PathReading.WITHOUT_PARAMETERS,
    PathReading.NORMALIZED,
    PathReading.OF_VERTX_ROUTER
  };

  private static volatile PathReading[] ofRouter = OF_ROUTER;

  private Routing() {}

  /** Of which router a route is, it does not say then: all count. */
  static void comparesWhatWasWritten() {
    ofRouter = OF_ROUTER_AND_REQUEST;
  }

  /** Marks a new connection. */
  static void by(@Nullable Object handler, Channel connection) {
    boolean isRouter = handler != null && handler.getClass().getName().equals(ROUTER);
    connection.attr(READINGS).set(isRouter ? ofRouter : ANY);
  }
}
