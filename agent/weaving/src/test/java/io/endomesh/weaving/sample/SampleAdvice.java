package io.endomesh.weaving.sample;

import net.bytebuddy.asm.Advice;
import sample.library.Client;

/** Calls the library it is put into, partly through another class of its package. */
public final class SampleAdvice {

  private SampleAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static String enter(@Advice.This Client client) {
    return Names.of(client);
  }
}
