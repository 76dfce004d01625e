package io.endomesh.instrumentation.vertx;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientImpl;
import net.bytebuddy.asm.Advice;

/** {@code HttpClientImpl.request}, with a handler. Stateless. */
public final class HandledRequestAdvice {

  private HandledRequestAdvice() {}

  /** True if a call has begun. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.This HttpClientImpl client,
      @Advice.FieldValue("vertx") Vertx vertx,
      @Advice.Argument(0) RequestOptions options,
      @Advice.Argument(1) Handler<AsyncResult<HttpClientRequest>> handler) {
    Future<HttpClientRequest> begun = MeshHop.begin(client, vertx, options);
    return begun != null && MeshHop.tells(begun, handler);
  }
}
