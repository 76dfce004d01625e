package io.endomesh.instrumentation.httpclient;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code HttpClientImpl.send}: a call to the mesh runs here instead. Stateless. */
public final class SendAdvice {

  private SendAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Sent enter(
      @Advice.This HttpClient client,
      @Advice.Argument(0) @Nullable HttpRequest request,
      @Advice.Argument(1) @Nullable BodyHandler<?> handler) {
    return request == null || handler == null ? null : MeshSend.send(client, request, handler);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(index = 0, typing = Assigner.Typing.DYNAMIC)
  @Advice.AssignReturned.ToThrown(index = 1, typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object @Nullable [] exit(@Advice.Enter @Nullable Sent sent) {
    return sent == null ? null : new @Nullable Object[] {sent.response(), sent.error()};
  }
}
