package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.identity.ClientTls;
import net.bytebuddy.asm.Advice;
import org.apache.http.conn.ManagedHttpClientConnection;

/**
 * {@code DefaultManagedHttpClientConnection.getSSLSession}: none if the TLS is the mesh's. The
 * application did not ask for TLS; and the client would take our certificate for a user's, whom
 * connections are then kept for. Stateless.
 */
public final class SessionAdvice {

  private SessionAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static boolean enter(@Advice.This ManagedHttpClientConnection connection) {
    return ClientTls.began(connection.getSocket());
  }
}
