package io.endomesh.instrumentation.jdbc;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a driver is told to begin TLS. Databases begin it in the midst of their own protocol, so the
 * driver does; what it begins is {@link io.endomesh.dataplane.identity.PrescribedTls prescribed},
 * and so is who the server must be. Stateless.
 */
final class DriverTls {

  /**
   * By {@link JdbcUrl#system}; other drivers cannot be told. They stand behind the application's
   * own parameters, where the last one counts. PostgreSQL's driver is told no more than to begin
   * (libpq, "sslmode"): to check the server by itself it would want a file of certificates. Of
   * MySQL's the first four are for Connector/J before 8.0.13, of MariaDB's the first two for 2.x,
   * which would compare the name that it has for the server, an address.
   *
   * <p>None of these decides whom to trust: the socket is that of {@code OriginatedTls}, whose
   * trust manager checks chain and name in each handshake, and a connection that was not given it
   * is closed by {@link MeshConnect}.
   */
  private static final Map<String, List<String>> PARAMETERS =
      Map.of(
          "postgresql",
          List.of("sslmode=require"),
          "mysql",
          List.of(
              "useSSL=true",
              "requireSSL=true",
              "verifyServerCertificate=true",
              "enabledTLSProtocols=TLSv1.2,TLSv1.3",
              "sslMode=VERIFY_CA"),
          "mariadb",
          List.of("useSsl=true", "disableSslHostnameVerification=true", "sslMode=VERIFY_CA"));

  private DriverTls() {}

  /** Null if a driver cannot be given TLS of the mesh. */
  static @Nullable JdbcUrl asked(JdbcUrl url) {
    List<String> parameters = PARAMETERS.get(url.system());
    if (parameters == null) {
      return null;
    }
    String rest = url.rest().isEmpty() ? "/" : url.rest();
    return url.with(rest + (rest.contains("?") ? "&" : "?") + String.join("&", parameters));
  }

  /** A URL that a driver shows, without what it was {@link #asked}; some write it anew. */
  static JdbcUrl unasked(JdbcUrl url) {
    String rest = url.rest();
    for (String parameter : PARAMETERS.getOrDefault(url.system(), List.of())) {
      if (rest.endsWith("&" + parameter) || rest.endsWith("?" + parameter)) {
        rest = rest.substring(0, rest.length() - parameter.length() - 1);
      } else {
        rest = rest.replace("?" + parameter + "&", "?").replace("&" + parameter + "&", "&");
      }
    }
    return url.with(rest);
  }
}
