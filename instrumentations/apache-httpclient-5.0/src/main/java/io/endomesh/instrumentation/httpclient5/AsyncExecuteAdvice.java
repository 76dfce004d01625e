package io.endomesh.instrumentation.httpclient5;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.jspecify.annotations.Nullable;

/** {@code AsyncProtocolExec.execute}: a call to the mesh runs here instead. Stateless. */
public final class AsyncExecuteAdvice {

  private AsyncExecuteAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Begun enter(
      @Advice.This AsyncExecChainHandler exec,
      @Advice.Argument(0) @Nullable HttpRequest request,
      @Advice.Argument(1) @Nullable AsyncEntityProducer body,
      @Advice.Argument(2) AsyncExecChain.@Nullable Scope scope,
      @Advice.Argument(3) AsyncExecChain chain,
      @Advice.Argument(4) AsyncExecCallback callback) {
    return request == null || scope == null
        ? null
        : AsyncExecution.execute(new Rest(exec, chain), new Hop(request, body, scope), callback);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToThrown(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Throwable exit(@Advice.Enter @Nullable Begun begun) {
    return begun == null ? null : begun.thrown();
  }
}
