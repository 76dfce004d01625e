package io.endomesh.instrumentation.asynchttpclient;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.asynchttpclient.AsyncHandler;
import org.asynchttpclient.ListenableFuture;
import org.asynchttpclient.Request;
import org.asynchttpclient.netty.NettyResponseFuture;
import org.asynchttpclient.netty.request.NettyRequestSender;
import org.jspecify.annotations.Nullable;

/** {@code NettyRequestSender.sendRequest}: a call to the mesh begins here instead. Stateless. */
public final class SendAdvice {

  private SendAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable ListenableFuture<?> enter(
      @Advice.This NettyRequestSender sender,
      @Advice.Argument(0) @Nullable Request request,
      @Advice.Argument(1) @Nullable AsyncHandler<?> handler,
      @Advice.Argument(2) @Nullable NettyResponseFuture<?> future) {
    return request == null || handler == null
        ? null
        : MeshHop.begin(sender, request, handler, future);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object exit(
      @Advice.Enter @Nullable ListenableFuture<?> begun, @Advice.Return @Nullable Object sent) {
    return begun == null ? sent : begun;
  }
}
