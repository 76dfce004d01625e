package io.endomesh.instrumentation.urlconnection;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code NetworkClient.doConnect}: an attempt connects to its endpoint, and no DNS is asked; the
 * socket that the JDK gets has finished the attempt's TLS handshake, so it goes on as in plaintext.
 * Stateless.
 */
public final class ConnectAdvice {

  private ConnectAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable Connected enter(
      @Advice.This Object client,
      @Advice.Argument(0) @Nullable String server,
      @Advice.Argument(1) int port,
      @Advice.FieldValue("connectTimeout") int connectMillis,
      @Advice.FieldValue("defaultConnectTimeout") int defaultConnectMillis,
      @Advice.FieldValue("readTimeout") int readMillis,
      @Advice.FieldValue("defaultSoTimeout") int defaultReadMillis) {
    UnderWay attempt = UnderWay.current();
    return attempt == null || !attempt.asks(server, port)
        ? null
        : attempt.connect(
            client,
            connectMillis >= 0 ? connectMillis : Math.max(0, defaultConnectMillis),
            readMillis >= 0 ? readMillis : Math.max(0, defaultReadMillis));
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(index = 0, typing = Assigner.Typing.DYNAMIC)
  @Advice.AssignReturned.ToThrown(index = 1, typing = Assigner.Typing.DYNAMIC)
  public static @Nullable Object @Nullable [] exit(@Advice.Enter @Nullable Connected connected) {
    return connected == null
        ? null
        : new @Nullable Object[] {connected.socket(), connected.failure()};
  }
}
