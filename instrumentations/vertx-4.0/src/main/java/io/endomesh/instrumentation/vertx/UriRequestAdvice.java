package io.endomesh.instrumentation.vertx;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.impl.HttpClientImpl;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code HttpClientImpl.request}, with no options. Stateless. */
public final class UriRequestAdvice {

  private UriRequestAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Future<HttpClientRequest> enter(
      @Advice.This HttpClientImpl client,
      @Advice.FieldValue("vertx") Vertx vertx,
      @Advice.Argument(0) HttpMethod method,
      @Advice.Argument(1) int port,
      @Advice.Argument(2) String host,
      @Advice.Argument(3) String uri) {
    return MeshHop.begin(client, vertx, method, port, host, uri);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object exit(@Advice.Enter @Nullable Future<HttpClientRequest> begun) {
    return begun;
  }
}
