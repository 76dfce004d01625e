package io.endomesh.instrumentation.armeria.client;

import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.proxy.ProxyConfig;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpClientDelegate.getProxyConfig}: no proxy of the application is asked for an endpoint
 * of the mesh. Stateless.
 */
public final class ProxyAdvice {

  private ProxyAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable ProxyConfig enter(@Advice.Argument(1) Endpoint endpoint) {
    return PooledHost.isOne(endpoint.host()) ? ProxyConfig.direct() : null;
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable ProxyConfig exit(
      @Advice.Enter @Nullable ProxyConfig none, @Advice.Return @Nullable ProxyConfig asked) {
    return none == null ? asked : none;
  }
}
