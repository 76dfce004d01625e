package io.endomesh.instrumentation.armeria.client;

import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.proxy.ProxyConfig;
import java.util.function.BiConsumer;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** {@code HttpClientDelegate.resolveProxyConfig}: newer than {@link ProxyAdvice}. Stateless. */
public final class ResolvedProxyAdvice {

  private ResolvedProxyAdvice() {}

  /** True if the library need not ask. */
  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(
      @Advice.Argument(1) Endpoint endpoint,
      @Advice.Argument(3) BiConsumer<ProxyConfig, @Nullable Throwable> asked) {
    if (!PooledHost.isOne(endpoint.host())) {
      return false;
    }
    asked.accept(ProxyConfig.direct(), null);
    return true;
  }
}
