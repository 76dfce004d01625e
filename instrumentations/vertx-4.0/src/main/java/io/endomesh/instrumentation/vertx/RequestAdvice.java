package io.endomesh.instrumentation.vertx;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientImpl;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code HttpClientImpl.request}: a call to the mesh begins here instead. Stateless. */
public final class RequestAdvice {

  private RequestAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Future<HttpClientRequest> enter(
      @Advice.This HttpClientImpl client,
      @Advice.FieldValue("vertx") Vertx vertx,
      @Advice.Argument(0) RequestOptions options) {
    return MeshHop.begin(client, vertx, options);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object exit(@Advice.Enter @Nullable Future<HttpClientRequest> begun) {
    return begun;
  }
}
