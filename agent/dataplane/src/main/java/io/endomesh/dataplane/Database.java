package io.endomesh.dataplane;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A database as one physical connection reaches it. Immutable; made once a connection.
 *
 * @param system value of {@code db.system.name}: {@code postgresql}, {@code h2database}; {@code
 *     other_sql} if it is none that OpenTelemetry names
 * @param service name in the mesh, {@code orders-db.shop}; null if the host is not in the mesh
 * @param host as the application wrote it in the URL
 * @param port as the application wrote it; 0 if the URL names none
 * @param namespace name of the database within its server, null if the URL names none
 * @param authority under which the mesh knows the host, in lower case; null if it does not
 * @param peer what was really connected to, null if not known
 * @param tls true if the mesh began TLS there
 */
public record Database(
    String system,
    @Nullable String service,
    String host,
    int port,
    @Nullable String namespace,
    @Nullable String authority,
    @Nullable InetSocketAddress peer,
    boolean tls) {

  /** In plaintext, or by the driver's own TLS. */
  public Database(
      String system,
      @Nullable String service,
      String host,
      int port,
      @Nullable String namespace,
      @Nullable String authority,
      @Nullable InetSocketAddress peer) {
    this(system, service, host, port, namespace, authority, peer, false);
  }
}
