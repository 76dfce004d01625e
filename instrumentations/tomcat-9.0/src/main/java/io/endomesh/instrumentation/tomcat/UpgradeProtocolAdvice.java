package io.endomesh.instrumentation.tomcat;

import java.util.Map;
import net.bytebuddy.asm.Advice;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.AbstractHttp11Protocol;

/**
 * {@code AbstractHttp11Protocol.configureUpgradeProtocol}: a connector without TLS of its own keeps
 * HTTP/2 for upgrades only; with TLS of the mesh it is to be negotiated as well. Stateless.
 */
public final class UpgradeProtocolAdvice {

  private UpgradeProtocolAdvice() {}

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  public static void exit(
      @Advice.This AbstractHttp11Protocol<?> protocol,
      @Advice.Argument(0) UpgradeProtocol upgrade,
      @Advice.FieldValue("negotiatedProtocols") Map<String, UpgradeProtocol> negotiated) {
    String name = upgrade.getAlpnName();
    if (name != null && !name.isEmpty()) {
      negotiated.putIfAbsent(name, upgrade);
    }
  }
}
