package io.endomesh.instrumentation.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.identity.Peer;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The server's request as the mesh sees it. It holds what a request says, and not the server's
 * object for it. Not thread-safe, as what it shows.
 */
final class InboundHttp implements InboundRequest {

  private final String method;
  private final URI uri;
  private Headers headers;
  private boolean isChanged;
  private final Peer peer;
  private final @Nullable InetAddress remoteAddress;
  private final int localPort;

  InboundHttp(HttpExchange exchange, SocketChannel channel) {
    this.method = exchange.getRequestMethod();
    this.uri = exchange.getRequestURI();
    this.headers = exchange.getRequestHeaders();
    this.peer = Wires.peer(channel);
    Socket socket = channel.socket();
    this.remoteAddress = socket.getInetAddress();
    this.localPort = socket.getLocalPort();
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
    return remoteAddress == null ? null : remoteAddress.getHostAddress();
  }

  @Override
  public int localPort() {
    return localPort;
  }

  @Override
  public Protocol protocol() {
    return Protocol.HTTP;
  }

  /** A request's target before its Host header, which is not believed then (RFC 9112, 3.2.2). */
  @Override
  public String authority() {
    String inTarget = uri.isAbsolute() ? uri.getRawAuthority() : null;
    String host = inTarget == null ? headers.getFirst("Host") : inTarget;
    return host == null ? "" : host.toLowerCase(Locale.ROOT);
  }

  @Override
  public String method() {
    return method;
  }

  /** As the server finds a context by it: decoded once, and nothing else. */
  @Override
  public String path() {
    String path = uri.getPath();
    return path == null ? "" : path;
  }

  @Override
  public @Nullable String query() {
    return uri.getRawQuery();
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = headers.get(name);
    return values == null ? null : HeaderValues.joined(name, values);
  }

  @Override
  public Iterable<String> headerNames() {
    return headers.keySet();
  }

  @Override
  public void setHeader(String name, String value) {
    change();
    headers.set(name, value);
  }

  @Override
  public void removeHeader(String name) {
    if (headers.containsKey(name)) {
      change();
      headers.remove(name);
    }
  }

  /** The server's own cannot be changed, but replaced. */
  private void change() {
    if (!isChanged) {
      Headers copy = new Headers();
      copy.putAll(headers);
      headers = copy;
      isChanged = true;
    }
  }

  /** What the application is to see instead; null if nothing was changed. */
  @Nullable Headers changedHeaders() {
    return isChanged ? headers : null;
  }

  @Override
  public boolean replayable() {
    return false;
  }
}
