package io.endomesh.instrumentation.armeria.client;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.HttpClient;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** {@code HttpClientDelegate.execute}: a call to the mesh begins here instead. Stateless. */
public final class ExecuteAdvice {

  private ExecuteAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable HttpResponse enter(
      @Advice.This HttpClient client,
      @Advice.Argument(0) ClientRequestContext context,
      @Advice.Argument(1) HttpRequest request) {
    return MeshHop.begin(client, context, request);
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable HttpResponse exit(
      @Advice.Enter @Nullable HttpResponse begun, @Advice.Return @Nullable HttpResponse sent) {
    return begun == null ? sent : begun;
  }
}
