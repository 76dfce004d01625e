package io.endomesh.instrumentation.jettyclient;

import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.client.HttpRequest;
import org.eclipse.jetty.client.api.Request;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpClient.copyRequest}: who was asked for a password within an attempt answers in the
 * same, also in versions that forget the tag. Stateless.
 */
public final class CopyAdvice {

  private CopyAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.Argument(0) @Nullable HttpRequest request, @Advice.Return @Nullable Request copy) {
    if (request != null && copy != null && request.getTag() instanceof EndpointTag tag) {
      copy.tag(tag);
    }
  }
}
