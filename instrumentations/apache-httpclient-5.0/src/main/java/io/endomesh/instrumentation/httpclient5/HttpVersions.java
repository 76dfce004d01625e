package io.endomesh.instrumentation.httpclient5;

import java.lang.reflect.InvocationTargetException;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.jspecify.annotations.Nullable;

/** Which versions of HTTP a connection may speak, as the application set it. Stateless. */
final class HttpVersions {

  /** Since 5.2 the policy is a part of this. */
  private static final String CONFIG = "org.apache.hc.client5.http.config.TlsConfig";

  private HttpVersions() {}

  /**
   * @param arguments of a method that opens a connection, one of which says it
   */
  static HttpVersionPolicy of(@Nullable Object[] arguments) {
    for (Object argument : arguments) {
      if (argument instanceof HttpVersionPolicy policy) {
        return policy;
      }
      if (argument != null && argument.getClass().getName().equals(CONFIG)) {
        return ofConfig(argument);
      }
    }
    return HttpVersionPolicy.NEGOTIATE;
  }

  private static HttpVersionPolicy ofConfig(Object config) {
    try {
      Object policy = config.getClass().getMethod("getHttpVersionPolicy").invoke(config);
      return policy instanceof HttpVersionPolicy known ? known : HttpVersionPolicy.NEGOTIATE;
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      return HttpVersionPolicy.NEGOTIATE;
    }
  }
}
