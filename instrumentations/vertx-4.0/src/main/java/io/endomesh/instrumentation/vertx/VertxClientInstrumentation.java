package io.endomesh.instrumentation.vertx;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Vert.x's HTTP client, 4.0 to 5.2: the methods that begin a request,
 * and where a client is closed. Immutable. All else is its public API.
 */
public final class VertxClientInstrumentation extends Instrumentation {

  private static final String CLIENT = "io.vertx.core.http.impl.HttpClientImpl";
  private static final String OPTIONS = "io.vertx.core.http.RequestOptions";
  private static final String METHOD = "io.vertx.core.http.HttpMethod";
  private static final String STRING = "java.lang.String";
  private static final String HANDLER = "io.vertx.core.Handler";
  private static final String PACKAGE = "io.endomesh.instrumentation.vertx.";

  @Override
  public String name() {
    return "vertx-client";
  }

  /** Those that take a handler, or no options, end with 4.x. */
  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(CLIENT).method("request").taking(OPTIONS).advice(PACKAGE + "RequestAdvice"),
        Weave.types(CLIENT)
            .method("request")
            .taking(OPTIONS, HANDLER)
            .ifPresent()
            .advice(PACKAGE + "HandledRequestAdvice"),
        Weave.types(CLIENT)
            .method("request")
            .taking(METHOD, "int", STRING, STRING)
            .ifPresent()
            .advice(PACKAGE + "UriRequestAdvice"),
        Weave.types(CLIENT)
            .method("request")
            .taking(METHOD, "int", STRING, STRING, HANDLER)
            .ifPresent()
            .advice(PACKAGE + "HandledUriRequestAdvice"),
        Weave.types("io.vertx.core.http.impl.HttpClientRequestImpl")
            .method("handleNextRequest")
            .takingAtLeast(3)
            .advice(PACKAGE + "NextRequestAdvice"),
        Weave.types(CLIENT, "io.vertx.core.http.impl.HttpClientBase")
            .method("close", "doClose")
            .advice(PACKAGE + "CloseAdvice"));
  }
}
