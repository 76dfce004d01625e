package io.endomesh.instrumentation.urlconnection;

import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpClient.writeRequests}: the head of an attempt gets what the mesh changed, and the JDK
 * does not send it once more by itself on another connection. Stateless.
 *
 * <p>It repeats a request, a POST too, whose connection broke before an answer. On one that it had
 * kept alive this stays: the server may have closed it meanwhile (RFC 9112, 9.3.1).
 */
public final class WriteAdvice {

  private WriteAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToFields(@Advice.AssignReturned.ToFields.ToField("failedOnce"))
  public static boolean enter(
      @Advice.This Object client, @Advice.Argument(0) @Nullable Object head) {
    UnderWay attempt = UnderWay.current();
    if (attempt == null || head == null || !attempt.uses(client)) {
      return false; // As it is.
    }
    return attempt.writes(head);
  }
}
