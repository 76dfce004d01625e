package io.endomesh.instrumentation.urlconnection;

import java.net.CookieHandler;
import java.net.HttpURLConnection;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpURLConnection.getCookieHandler}, by which the JDK stores the cookies of an answer:
 * those of an attempt are kept until the answer is the application's. Stateless.
 */
public final class CookieHandlerAdvice {

  private CookieHandlerAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable CookieHandler exit(@Advice.This HttpURLConnection connection) {
    UnderWay attempt = UnderWay.current();
    return attempt != null && attempt.is(connection) ? attempt.headArrives() : null;
  }
}
