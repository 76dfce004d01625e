package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.http.Sent;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.ClientExecChain;
import org.jspecify.annotations.Nullable;

/** {@code MainClientExec.execute}: a call to the mesh runs here instead. Stateless. */
public final class ExecuteAdvice {

  private ExecuteAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Sent<CloseableHttpResponse> enter(
      @Advice.This ClientExecChain exec,
      @Advice.Argument(0) @Nullable HttpRoute route,
      @Advice.Argument(1) @Nullable HttpRequestWrapper request,
      @Advice.Argument(2) @Nullable HttpClientContext context,
      @Advice.Argument(3) @Nullable HttpExecutionAware abortedBy) {
    return route == null || request == null || context == null
        ? null
        : MeshExecution.execute(exec, route, request, context, abortedBy);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(index = 0, typing = Assigner.Typing.DYNAMIC)
  @Advice.AssignReturned.ToThrown(index = 1, typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object @Nullable [] exit(
      @Advice.Enter @Nullable Sent<CloseableHttpResponse> sent) {
    return sent == null ? null : new @Nullable Object[] {sent.response(), sent.error()};
  }
}
