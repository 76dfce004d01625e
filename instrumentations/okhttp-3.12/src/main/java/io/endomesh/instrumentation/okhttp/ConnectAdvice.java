package io.endomesh.instrumentation.okhttp;

import io.endomesh.dataplane.http.Sent;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** {@code ConnectInterceptor.intercept}: a call to the mesh runs here instead. Stateless. */
public final class ConnectAdvice {

  private ConnectAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Sent<Response> enter(@Advice.Argument(0) Interceptor.Chain chain) {
    return MeshHop.intercept(chain);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(index = 0, typing = Assigner.Typing.DYNAMIC)
  @Advice.AssignReturned.ToThrown(index = 1, typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object @Nullable [] exit(@Advice.Enter @Nullable Sent<Response> sent) {
    return sent == null ? null : new @Nullable Object[] {sent.response(), sent.error()};
  }
}
