package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.http.Sent;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.jspecify.annotations.Nullable;

/** {@code ProtocolExec.execute}: a call to the mesh runs here instead. Stateless. */
public final class ExecuteAdvice {

  private ExecuteAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Sent<ClassicHttpResponse> enter(
      @Advice.This ExecChainHandler exec,
      @Advice.Argument(0) @Nullable ClassicHttpRequest request,
      @Advice.Argument(1) ExecChain.@Nullable Scope scope,
      @Advice.Argument(2) ExecChain chain) {
    return request == null || scope == null
        ? null
        : MeshExecution.execute(exec, request, scope, chain);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(index = 0, typing = Assigner.Typing.DYNAMIC)
  @Advice.AssignReturned.ToThrown(index = 1, typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object @Nullable [] exit(
      @Advice.Enter @Nullable Sent<ClassicHttpResponse> sent) {
    return sent == null ? null : new @Nullable Object[] {sent.response(), sent.error()};
  }
}
