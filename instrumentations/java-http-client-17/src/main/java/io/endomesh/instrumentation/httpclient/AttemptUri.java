package io.endomesh.instrumentation.httpclient;

import io.endomesh.weaving.AgentLog;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The URI of an attempt: what the JDK writes of it is what goes on the wire. Always a new object,
 * which {@link AttemptTargets} knows the attempt by. Stateless.
 */
final class AttemptUri {

  /** RFC 9110, section 4.2.1. */
  private static final String DEFAULT_HTTP_PORT = ":80";

  private AttemptUri() {}

  /**
   * @param target path and query in place of the application's, or null
   * @param authority in place of the application's, or null
   * @param secure the wire is TLS; then an explicit port 80 goes, so that the Host header stays
   *     without a port, as HTTP clients write it for the default port of {@code http}
   */
  static URI of(
      URI asWritten, @Nullable String target, @Nullable String authority, boolean secure) {
    if (authority != null && !isHost(authority)) {
      AgentLog.warnOnce(
          "rewritten host " + authority,
          "rewritten host: "
              + authority
              + " (expected: one that java.net.URI takes); the application's is sent");
      return of(asWritten, target, null, secure);
    }
    boolean becomesSecure = secure && !"https".equalsIgnoreCase(asWritten.getScheme());
    String host = authority == null ? asWritten.getRawAuthority() : authority;
    if (becomesSecure && host.endsWith(DEFAULT_HTTP_PORT)) {
      host = host.substring(0, host.length() - DEFAULT_HTTP_PORT.length());
    }
    String scheme = becomesSecure ? "https" : asWritten.getScheme();
    String path = target == null ? rawTarget(asWritten) : target;
    return URI.create(scheme + "://" + host + path);
  }

  private static boolean isHost(String authority) {
    try {
      return new URI("http://" + authority + "/").getHost() != null;
    } catch (URISyntaxException notAHost) {
      return false;
    }
  }

  private static String rawTarget(URI uri) {
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return path + query;
  }
}
