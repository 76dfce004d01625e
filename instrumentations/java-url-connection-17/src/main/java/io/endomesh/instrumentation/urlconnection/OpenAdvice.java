package io.endomesh.instrumentation.urlconnection;

import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code Handler.openConnection} of http and https URLs: for a host of the mesh the application
 * gets a connection of ours in place of the JDK's. Stateless.
 */
public final class OpenAdvice {

  private OpenAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable URLConnection exit(
      @Advice.Argument(0) @Nullable URL url,
      @Advice.Argument(1) @Nullable Proxy proxy,
      @Advice.Return @Nullable URLConnection opened) {
    return url == null || opened == null ? null : Opened.ofMesh(url, proxy, opened);
  }
}
