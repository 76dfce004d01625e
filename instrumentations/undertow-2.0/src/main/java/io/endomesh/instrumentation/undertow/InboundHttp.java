package io.endomesh.instrumentation.undertow;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.identity.Peer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Undertow's request as the mesh sees it. Not thread-safe, as what it shows. */
final class InboundHttp implements InboundRequest {

  private final HttpServerExchange exchange;
  private final @Nullable MeshTls tls;
  private final int localPort;
  private String path;

  InboundHttp(HttpServerExchange exchange, @Nullable MeshTls tls) {
    this.exchange = exchange;
    this.tls = tls;
    this.localPort = FirstByte.port(exchange.getConnection().getLocalAddress());
    this.path = exchange.getRequestPath();
  }

  HttpServerExchange exchange() {
    return exchange;
  }

  /** True if the path is another one from now on. */
  boolean moves() {
    String now = exchange.getRequestPath();
    boolean moves = !now.equals(path);
    path = now;
    return moves;
  }

  @Override
  public List<String> peerIdentities() {
    return peer().identities();
  }

  /** AJP, and what has TLS of its own, never had a choice. */
  @Override
  public Peer peer() {
    if (tls != null) {
      return tls.peer();
    }
    ServerConnection connection = exchange.getConnection();
    return connection.getSslSession() == null && !AJP.equals(connection.getTransportProtocol())
        ? Peer.PLAINTEXT
        : Peer.UNKNOWN;
  }

  private static final String AJP = "ajp";

  @Override
  public @Nullable String remoteAddress() {
    InetSocketAddress peer = exchange.getConnection().getPeerAddress(InetSocketAddress.class);
    @Nullable InetAddress address = peer == null ? null : peer.getAddress();
    return address == null ? null : address.getHostAddress();
  }

  @Override
  public int localPort() {
    return localPort;
  }

  @Override
  public Protocol protocol() {
    return Protocol.HTTP;
  }

  /** The Host header, by which Undertow tells hosts apart; that of HTTP/2 is its authority. */
  @Override
  public String authority() {
    String host = exchange.getRequestHeaders().getFirst(Headers.HOST);
    return host == null ? "" : host.toLowerCase(Locale.ROOT);
  }

  @Override
  public String method() {
    return exchange.getRequestMethod().toString();
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String query() {
    String query = exchange.getQueryString();
    return query.isEmpty() ? null : query;
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = exchange.getRequestHeaders().get(name);
    return values == null ? null : HeaderValues.joined(name, values);
  }

  @Override
  public Iterable<String> headerNames() {
    List<String> names = new ArrayList<>();
    for (HttpString name : exchange.getRequestHeaders().getHeaderNames()) {
      names.add(name.toString());
    }
    return names;
  }

  @Override
  public void setHeader(String name, String value) {
    exchange.getRequestHeaders().put(new HttpString(name), value);
  }

  @Override
  public void removeHeader(String name) {
    exchange.getRequestHeaders().remove(name);
  }

  @Override
  public boolean replayable() {
    return false;
  }
}
