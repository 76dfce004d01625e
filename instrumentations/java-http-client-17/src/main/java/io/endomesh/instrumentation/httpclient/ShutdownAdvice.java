package io.endomesh.instrumentation.httpclient;

import java.net.http.HttpClient;
import net.bytebuddy.asm.Advice;

/** {@code HttpClientImpl.shutdown} (JDK 21): the clients made for the mesh follow. Stateless. */
public final class ShutdownAdvice {

  private ShutdownAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This HttpClient client) {
    DerivedClients.shutdown(client, "shutdown");
  }
}
