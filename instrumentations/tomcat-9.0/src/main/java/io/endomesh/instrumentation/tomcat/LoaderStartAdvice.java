package io.endomesh.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import org.apache.catalina.Loader;

/**
 * {@code WebappLoader.startInternal}: an application begins, before any code of its own. Stateless.
 */
public final class LoaderStartAdvice {

  private LoaderStartAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(@Advice.This Loader loader) {
    Applications.begins(loader);
  }
}
