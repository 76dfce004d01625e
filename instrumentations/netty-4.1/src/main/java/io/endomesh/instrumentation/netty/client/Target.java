package io.endomesh.instrumentation.netty.client;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What an application connects a channel to. Immutable.
 *
 * @param asked by name, as it was asked for
 * @param secure if the application does TLS by itself
 * @param local where it wants to connect from, null for anywhere
 */
record Target(InetSocketAddress asked, boolean secure, @Nullable SocketAddress local) {

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  String authority() {
    String name = asked.getHostString();
    String bracketed = name.indexOf(':') < 0 ? name : "[" + name + "]";
    boolean standard = asked.getPort() == (secure ? HTTPS_PORT : HTTP_PORT);
    return standard ? bracketed : bracketed + ":" + asked.getPort();
  }

  String scheme() {
    return secure ? "https" : "http";
  }
}
