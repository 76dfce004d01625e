package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.identity.Peer;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Helidon's request as the mesh sees it. The connection is that of the socket, whatever the PROXY
 * protocol says. Not thread-safe, as what it shows.
 */
final class InboundHttp implements InboundRequest {

  private final HttpPrologue prologue;
  private final Headers headers;
  private final String authority;
  private final Peer peer;
  private final @Nullable InetAddress remote;
  private final int localPort;

  /**
   * @return null if the connection was closed meanwhile, and does not say what it was
   */
  static @Nullable InboundHttp of(
      ConnectionContext connection,
      HttpPrologue prologue,
      Headers headers,
      @Nullable String authority) {
    try {
      return new InboundHttp(connection, prologue, headers, authority);
    } catch (RuntimeException closed) {
      return null;
    }
  }

  private InboundHttp(
      ConnectionContext connection,
      HttpPrologue prologue,
      Headers headers,
      @Nullable String authority) {
    this.prologue = prologue;
    this.headers = headers;
    this.authority = authority == null ? "" : authority.toLowerCase(Locale.ROOT);
    PeerInfo other = connection.remotePeer();
    this.peer = peer(connection, other);
    this.remote =
        other.address() instanceof InetSocketAddress internet ? internet.getAddress() : null;
    // A channel that was closed knows its port no longer.
    this.localPort =
        other instanceof MeshPeer mesh ? mesh.wire().port() : connection.localPeer().port();
  }

  /** TLS of the application's own, and a domain socket, could not have had the mesh's. */
  private static Peer peer(ConnectionContext connection, PeerInfo other) {
    if (other instanceof MeshPeer mesh) {
      return mesh.verified();
    }
    return connection.isSecure() || !(other.address() instanceof InetSocketAddress)
        ? Peer.UNKNOWN
        : Peer.PLAINTEXT;
  }

  @Override
  public List<String> peerIdentities() {
    return peer.identities();
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public @Nullable String remoteAddress() {
    return remote == null ? null : remote.getHostAddress();
  }

  @Override
  public int localPort() {
    return localPort;
  }

  @Override
  public Protocol protocol() {
    return Protocol.HTTP;
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public String method() {
    return prologue.method().text();
  }

  /** As written if Helidon cannot decode it: then it routes it nowhere. */
  @Override
  public String path() {
    try {
      String path = prologue.uriPath().path();
      return path == null ? "" : path;
    } catch (IllegalArgumentException noPath) {
      return prologue.uriPath().rawPath();
    }
  }

  @Override
  public @Nullable String query() {
    String query = prologue.query().rawValue();
    return query == null || query.isEmpty() ? null : query;
  }

  @Override
  public @Nullable String header(String name) {
    HeaderName known = HeaderNames.create(name);
    return headers.contains(known)
        ? HeaderValues.joined(name, headers.get(known).allValues())
        : null;
  }

  @Override
  public Iterable<String> headerNames() {
    List<String> names = new ArrayList<>();
    for (Header header : headers) {
      names.add(header.name());
    }
    return names;
  }

  @Override
  public void setHeader(String name, String value) {
    RequestHeaders.set(headers, HeaderNames.create(name), value);
  }

  @Override
  public void removeHeader(String name) {
    RequestHeaders.remove(headers, HeaderNames.create(name));
  }

  @Override
  public boolean replayable() {
    return false;
  }
}
