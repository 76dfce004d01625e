package io.endomesh.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.jspecify.annotations.Nullable;

/**
 * {@code AbstractHttp11Protocol.getNegotiatedProtocol}: on a connector that is not "SSL enabled"
 * nothing is ever agreed on but by the mesh's TLS. Its HTTP/2 is the one without TLS. Stateless.
 */
public final class NegotiatedAdvice {

  private NegotiatedAdvice() {}

  /** Null leaves the answer of Tomcat. */
  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable UpgradeProtocol exit(
      @Advice.This AbstractHttp11Protocol<?> protocol,
      @Advice.Argument(0) String name,
      @Advice.Return @Nullable UpgradeProtocol known) {
    return known == null && name.equals("h2") && !protocol.isSSLEnabled()
        ? protocol.getUpgradeProtocol(ServedPorts.HTTP_2_WITHOUT_TLS)
        : null;
  }
}
