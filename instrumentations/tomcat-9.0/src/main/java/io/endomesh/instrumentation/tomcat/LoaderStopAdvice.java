package io.endomesh.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.catalina.Loader;

/** {@code WebappLoader.stopInternal}: an application has ended. Stateless. */
public final class LoaderStopAdvice {

  private LoaderStopAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  public static void enter(@Advice.This Loader loader) {
    Applications.ends(loader);
  }
}
