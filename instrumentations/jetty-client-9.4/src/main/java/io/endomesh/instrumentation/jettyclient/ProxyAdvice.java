package io.endomesh.instrumentation.jettyclient;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.client.Origin;
import org.jspecify.annotations.Nullable;

/** {@code ProxyConfiguration.match}: endpoints are reached directly. Stateless. */
public final class ProxyAdvice {

  private ProxyAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(@Advice.Argument(0) @Nullable Origin origin) {
    return origin != null && origin.getTag() instanceof EndpointTag;
  }
}
