package io.endomesh.instrumentation.vertx;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.impl.HttpClientImpl;
import net.bytebuddy.asm.Advice;

/** {@code HttpClientImpl.request}, with a handler and no options. Stateless. */
public final class HandledUriRequestAdvice {

  private HandledUriRequestAdvice() {}

  /** True if a call has begun. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.This HttpClientImpl client,
      @Advice.FieldValue("vertx") Vertx vertx,
      @Advice.Argument(0) HttpMethod method,
      @Advice.Argument(1) int port,
      @Advice.Argument(2) String host,
      @Advice.Argument(3) String uri,
      @Advice.Argument(4) Handler<AsyncResult<HttpClientRequest>> handler) {
    Future<HttpClientRequest> begun = MeshHop.begin(client, vertx, method, port, host, uri);
    return begun != null && MeshHop.tells(begun, handler);
  }
}
