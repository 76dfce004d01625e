package io.endomesh.instrumentation.armeria.server;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.identity.Peer;
import io.netty.channel.Channel;
import io.netty.util.AsciiString;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * A request in Armeria's form as the mesh sees it. It holds what a request says, and not the object
 * for it. Not thread-safe.
 */
final class InboundHttp implements InboundRequest {

  /**
   * Of a connection that the mesh's TLS is on, whose peer was verified against the mesh's roots:
   * set by the instrumentation of Netty's codecs.
   */
  private static final AttributeKey<SSLEngine> TLS = AttributeKey.valueOf("io.endomesh.tls");

  /** Set by the same. */
  private static final AttributeKey<Peer> PEER = AttributeKey.valueOf("io.endomesh.peer");

  /** Set by the same: what ends a connection of HTTP/2 when nothing runs on it. */
  private static final AttributeKey<Runnable> ENDS = AttributeKey.valueOf("io.endomesh.ends");

  private final Channel connection;
  private RequestHeaders headers;
  private final @Nullable String query;
  private final String decoded;
  private String path;

  InboundHttp(ServiceRequestContext context, Channel connection) {
    this.connection = connection;
    this.headers = context.request().headers();
    this.query = context.query();
    this.path = context.path();
    this.decoded = path.indexOf('%') < 0 ? path : context.decodedPath();
  }

  static boolean isOverMeshTls(Channel connection) {
    return connection.attr(TLS).get() != null;
  }

  /** The answer of a stream has ended that was to be the last of its connection. */
  static void ends(Channel connection) {
    @Nullable Runnable ends = connection.attr(ENDS).get();
    if (ends != null) {
      ends.run();
    }
  }

  /** True if a service may read the path in another way as well, and it is that now. */
  boolean readsOtherwise() {
    boolean differs = !decoded.equals(path);
    path = decoded;
    return differs;
  }

  @Override
  public List<String> peerIdentities() {
    return peer().identities();
  }

  @Override
  public Peer peer() {
    Attribute<Peer> known = connection.attr(PEER);
    @Nullable Peer before = known.get();
    Peer now = Peer.of(connection.attr(TLS).get(), before);
    if (now != before) {
      known.set(now);
    }
    return now;
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
    String authority = headers.authority();
    return authority == null ? "" : authority.toLowerCase(Locale.ROOT);
  }

  @Override
  public String method() {
    return headers.method().name();
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String query() {
    return query;
  }

  @Override
  public @Nullable String header(String name) {
    return HeaderValues.joined(name, headers.getAll(name));
  }

  @Override
  public Iterable<String> headerNames() {
    List<String> names = new ArrayList<>();
    for (AsciiString name : headers.names()) {
      names.add(name.toString());
    }
    return names;
  }

  @Override
  public void setHeader(String name, String value) {
    headers = headers.toBuilder().set(name, value).build();
  }

  /** Those of a request cannot be changed, but replaced, see {@link #replaceHeaders}. */
  @Override
  public void removeHeader(String name) {
    if (headers.contains(name)) {
      headers = headers.toBuilder().removeAndThen(name).build();
    }
  }

  /** The application sees what is left. */
  void replaceHeaders(ServiceRequestContext context) {
    HttpRequest request = context.request();
    if (request.headers() != headers) {
      context.updateRequest(request.withHeaders(headers));
    }
  }

  @Override
  public boolean replayable() {
    return false;
  }
}
