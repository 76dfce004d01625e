package io.endomesh.controller.access;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where browsers reach the console: what a provider sends them back to. It is never read from a
 * request, which says what its sender likes. Immutable.
 */
public record PublicAddress(URI url) {

  /**
   * @param text {@code https://mesh.example}; behind a proxy, the proxy's
   * @throws IllegalArgumentException that says what is wrong
   */
  public static PublicAddress parse(String text) {
    URI url;
    try {
      url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    } catch (URISyntaxException e) {
      throw wrong(text);
    }
    boolean isWeb = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
    if (!isWeb
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || !url.getRawPath().isEmpty()
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw wrong(text);
    }
    return new PublicAddress(url);
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "--public-url: '"
            + text
            + "' (expected: https://HOST or https://HOST:PORT; the console is at the root of its"
            + " host)");
  }

  /**
   * What was said; else where the controller is: in plaintext on the machine itself, and where it
   * is advertised beyond it.
   *
   * @param host that is bound
   * @param bound with its port, once it serves
   * @throws IOException if it is not to be known
   */
  public static Supplier<PublicAddress> of(
      @Nullable PublicAddress said,
      @Nullable String advertised,
      InetAddress host,
      Supplier<InetSocketAddress> bound)
      throws IOException {
    if (said != null) {
      return () -> said;
    }
    if (host.isLoopbackAddress()) {
      return () ->
          parse(
              "http://"
                  + InetAddresses.toUriString(bound.get().getAddress())
                  + ":"
                  + bound.get().getPort());
    }
    if (advertised == null) {
      throw new IOException(
          "--oidc-issuer: it is not known where browsers come back to (expected: --public-url or"
              + " --advertise)");
    }
    PublicAddress address = parse("https://" + advertised);
    return () -> address;
  }

  URI at(String path) {
    return URI.create(url + path);
  }

  public String host() {
    return url.getHost();
  }

  boolean isTls() {
    return "https".equals(url.getScheme());
  }

  /** Whether a request came to it; a browser leaves out the port that is usual. */
  boolean isAuthority(@Nullable String authority) {
    if (authority == null) {
      return false;
    }
    String usual = isTls() ? ":443" : ":80";
    return without(usual, authority).equalsIgnoreCase(without(usual, url.getRawAuthority()));
  }

  private static String without(String port, String authority) {
    return authority.endsWith(port)
        ? authority.substring(0, authority.length() - port.length())
        : authority;
  }
}
