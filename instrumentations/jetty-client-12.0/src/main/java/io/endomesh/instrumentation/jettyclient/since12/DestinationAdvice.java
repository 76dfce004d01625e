package io.endomesh.instrumentation.jettyclient.since12;

import io.endomesh.instrumentation.jettyclient.EndpointTag;
import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.client.Destination;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpClient.newConnection}: while it asks for the address of an attempt, on this thread, it
 * is its endpoint's. Stateless.
 */
public final class DestinationAdvice {

  private DestinationAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.Argument(0) @Nullable Destination destination) {
    if (destination != null && destination.getOrigin().getTag() instanceof EndpointTag tag) {
      EndpointAddress.ASKED.set(tag.address());
    }
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  public static void exit() {
    EndpointAddress.ASKED.remove();
  }
}
