package io.endomesh.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import okhttp3.Call;

/** {@code Transmitter.cancel}, by the timeout of its call. Stateless. */
public final class TransmitterCancelAdvice {

  private TransmitterCancelAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.FieldValue("call") Call call) {
    UnderWay.cancelled(call);
  }
}
