package io.endomesh.instrumentation.netty.http;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.identity.Peer;
import io.endomesh.instrumentation.netty.Attributes;
import io.endomesh.instrumentation.netty.PathReading;
import io.endomesh.instrumentation.netty.TargetPath;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request in Netty's form as the mesh sees it. It holds what a request says, and not the object
 * for it, which may hold its body. Not thread-safe.
 */
final class InboundHttp implements InboundRequest {

  private static final AttributeKey<PathReading[]> READINGS =
      AttributeKey.valueOf(Attributes.READINGS);

  private final Channel connection;
  private final String method;
  private final String target;
  private final HttpHeaders headers;
  private final TargetPath path;

  /**
   * @param connection whose certificate says who calls
   */
  InboundHttp(Channel connection, HttpRequest request) {
    this.connection = connection;
    this.method = request.method().name();
    this.target = request.uri();
    this.headers = request.headers();
    this.path = new TargetPath(target, connection.attr(READINGS).get());
  }

  /** True if the path may be read in another way as well, and is now. */
  boolean readsOtherwise() {
    return path.readsOtherwise();
  }

  @Override
  public List<String> peerIdentities() {
    return peer().identities();
  }

  @Override
  public Peer peer() {
    return MeshTls.peer(connection);
  }

  @Override
  public @Nullable String remoteAddress() {
    @Nullable InetAddress address =
        connection.remoteAddress() instanceof InetSocketAddress peer ? peer.getAddress() : null;
    return address == null ? null : address.getHostAddress();
  }

  @Override
  public int localPort() {
    return ServedConnection.localPort(connection);
  }

  @Override
  public Protocol protocol() {
    return Protocol.HTTP;
  }

  /** A request's target before its Host header, which is not believed then (RFC 9112, 3.2.2). */
  @Override
  public String authority() {
    String inTarget = PathReading.authority(target);
    String host = inTarget == null ? headers.get(HttpHeaderNames.HOST) : inTarget;
    return host == null ? "" : host.toLowerCase(Locale.ROOT);
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String path() {
    return path.path();
  }

  @Override
  public @Nullable String query() {
    return PathReading.query(target);
  }

  @Override
  public @Nullable String header(String name) {
    return HeaderValues.joined(name, headers.getAll(name));
  }

  @Override
  public Iterable<String> headerNames() {
    return headers.names();
  }

  @Override
  public void setHeader(String name, String value) {
    headers.set(name, value);
  }

  @Override
  public void removeHeader(String name) {
    headers.remove(name);
  }

  @Override
  public boolean replayable() {
    return false;
  }
}
