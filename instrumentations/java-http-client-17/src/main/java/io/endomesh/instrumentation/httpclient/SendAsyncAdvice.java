package io.endomesh.instrumentation.httpclient;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code HttpClientImpl.sendAsync}: a call to the mesh runs here instead. Stateless. */
public final class SendAsyncAdvice {

  private SendAsyncAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable CompletableFuture<?> enter(
      @Advice.This HttpClient client,
      @Advice.Argument(0) @Nullable HttpRequest request,
      @Advice.Argument(1) @Nullable BodyHandler<Object> handler,
      @Advice.Argument(2) @Nullable PushPromiseHandler<Object> pushes) {
    return request == null || handler == null
        ? null
        : MeshSend.sendAsync(client, request, handler, pushes);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable CompletableFuture<?> exit(
      @Advice.Enter @Nullable CompletableFuture<?> started) {
    return started;
  }
}
