package io.endomesh.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import okhttp3.Call;

/** {@code RealCall.cancel}, by the application or by the timeout of the call. Stateless. */
public final class CancelAdvice {

  private CancelAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.This Call call) {
    UnderWay.cancelled(call);
  }
}
