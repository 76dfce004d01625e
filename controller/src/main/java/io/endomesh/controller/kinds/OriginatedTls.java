package io.endomesh.controller.kinds;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * TLS that callers begin for an application that speaks plaintext. The server's chain and name are
 * always checked. Immutable.
 *
 * @param serverName to ask for (SNI); null for the host
 * @param caCertificates PEM; null for the roots that the callers' JVMs trust
 * @param names of which the server must prove one, DNS names or URIs; empty for the server name
 */
public record OriginatedTls(
    @Nullable String serverName, @Nullable String caCertificates, List<String> names) {

  /** RFC 7468, and nothing else around. */
  private static final Pattern PEM =
      Pattern.compile(
          "(\\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----\\s*)+");

  public OriginatedTls {
    names = List.copyOf(names);
  }

  /** True if this is one certificate in PEM, or several. */
  static boolean isPem(String text) {
    return PEM.matcher(text).matches();
  }
}
