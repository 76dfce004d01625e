package io.endomesh.instrumentation.helidon;

import io.helidon.http.HeaderName;
import io.helidon.http.Headers;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.WritableHeaders;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * The headers of a request, which Helidon shows to read only: those that it read stand behind what
 * it shows. Stateless.
 */
final class RequestHeaders {

  /** {@code ServerRequestHeadersImpl.headers}. */
  private static final MethodHandle BEHIND = behind();

  private RequestHeaders() {}

  private static MethodHandle behind() {
    try {
      Class<?> shown =
          Class.forName(
              "io.helidon.http.ServerRequestHeadersImpl",
              false,
              ServerRequestHeaders.class.getClassLoader());
      return MethodHandles.privateLookupIn(shown, MethodHandles.lookup())
          .findGetter(shown, "headers", Headers.class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("request headers of an unknown kind", e);
    }
  }

  static void set(Headers headers, HeaderName name, String value) {
    writable(headers).set(name, value);
  }

  static void remove(Headers headers, HeaderName name) {
    writable(headers).remove(name);
  }

  private static WritableHeaders<?> writable(Headers headers) {
    if (headers instanceof WritableHeaders<?> writable) {
      return writable;
    }
    try {
      return writable((Headers) BEHIND.invoke(headers));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
