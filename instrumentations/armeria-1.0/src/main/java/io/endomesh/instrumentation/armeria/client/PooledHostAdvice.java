package io.endomesh.instrumentation.armeria.client;

import com.linecorp.armeria.client.Endpoint;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpClientDelegate.extractHost}: what a connection is pooled by, and not the Host header,
 * is the endpoint's. Stateless.
 */
public final class PooledHostAdvice {

  private PooledHostAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable String exit(
      @Advice.Argument(2) Endpoint endpoint, @Advice.Return @Nullable String host) {
    return PooledHost.isOne(endpoint.host()) ? endpoint.host() : host;
  }
}
