package io.endomesh.instrumentation.netty.vertx;

import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.identity.Peer;
import io.endomesh.instrumentation.netty.Attributes;
import io.endomesh.instrumentation.netty.PathReading;
import io.endomesh.instrumentation.netty.TargetPath;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request of HTTP/2 as the mesh sees it. Not thread-safe. */
final class InboundStream implements InboundRequest {

  private static final AttributeKey<PathReading[]> READINGS =
      AttributeKey.valueOf(Attributes.READINGS);

  private final Channel connection;
  private final Http2Headers headers;
  private final String target;
  private final TargetPath path;

  InboundStream(Channel connection, Http2Headers headers) {
    this.connection = connection;
    this.headers = headers;
    this.target = headers.path() == null ? "" : headers.path().toString();
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
    return connection.localAddress() instanceof InetSocketAddress address ? address.getPort() : 0;
  }

  @Override
  public Protocol protocol() {
    return Protocol.HTTP;
  }

  @Override
  public String authority() {
    CharSequence authority = headers.authority();
    if (authority == null) {
      authority = headers.get(HttpHeaderNames.HOST);
    }
    return authority == null ? "" : authority.toString().toLowerCase(Locale.ROOT);
  }

  @Override
  public String method() {
    return headers.method() == null ? "" : headers.method().toString();
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
    return new StreamHeaders(headers).header(name);
  }

  @Override
  public Iterable<String> headerNames() {
    List<String> names = new ArrayList<>();
    for (CharSequence name : headers.names()) {
      names.add(name.toString());
    }
    return names;
  }

  @Override
  public void setHeader(String name, String value) {
    new StreamHeaders(headers).setHeader(name, value);
  }

  @Override
  public void removeHeader(String name) {
    new StreamHeaders(headers).removeHeader(name);
  }

  @Override
  public boolean replayable() {
    return false;
  }
}
