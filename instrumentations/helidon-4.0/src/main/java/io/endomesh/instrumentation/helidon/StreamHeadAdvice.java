package io.endomesh.instrumentation.helidon;

import io.helidon.http.WritableHeaders;
import io.helidon.http.http2.Http2Headers;
import net.bytebuddy.asm.Advice;

/**
 * {@code Http2ServerStream.writeHeaders} and {@code writeHeadersWithData}: as {@link HeadAdvice},
 * of HTTP/2. Stateless.
 */
public final class StreamHeadAdvice {

  private StreamHeadAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.Argument(0) Http2Headers head) {
    if (head.httpHeaders() instanceof WritableHeaders<?> headers) {
      ServedRequest.head(headers, head.status());
    }
  }
}
