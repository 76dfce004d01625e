package io.endomesh.instrumentation.jetty;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.identity.Peer;
import io.endomesh.weaving.Suppressed;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Jetty's request as the mesh sees it. The connection is that of the socket, whatever the PROXY
 * protocol or a header that a proxy is trusted to write say: those are the caller's words. Not
 * thread-safe, as what it shows.
 */
final class InboundHttp implements InboundRequest {

  private final Request request;
  private final EndPoint socket;
  private final @Nullable MeshEndPoint mesh;
  private final boolean hasOtherTls;
  private final int localPort;
  private HttpURI uri;
  private HttpFields headers;
  private boolean isChanged;
  private boolean isShown;

  InboundHttp(Request request) {
    this.request = request;
    this.uri = request.getHttpURI();
    this.headers = request.getHeaders();
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    MeshEndPoint found = null;
    boolean tls = false;
    while (endPoint instanceof EndPoint.Wrapper wrapper) {
      if (endPoint instanceof MeshEndPoint ofMesh) {
        found = ofMesh;
      }
      tls |= endPoint instanceof SslConnection.SslEndPoint;
      endPoint = wrapper.unwrap();
    }
    this.socket = endPoint;
    this.mesh = found;
    this.hasOtherTls = tls || endPoint instanceof SslConnection.SslEndPoint;
    this.localPort = FirstByteConnection.port(endPoint.getLocalSocketAddress());
  }

  /** True if the path is another one from now on. */
  boolean movesTo(HttpURI now) {
    if (now == uri) {
      return false;
    }
    String before = path();
    uri = now;
    return !path().equals(before);
  }

  void showPeer() {
    if (mesh != null) {
      try {
        mesh.showPeer(request);
      } catch (ReflectiveOperationException | SSLPeerUnverifiedException e) {
        Suppressed.report(e);
      }
    }
  }

  @Override
  public List<String> peerIdentities() {
    return peer().identities();
  }

  /** HTTP/3 and a domain socket are no connections that could have had the mesh's TLS. */
  @Override
  public Peer peer() {
    if (mesh != null) {
      return mesh.peer();
    }
    return hasOtherTls
            || localPort == 0
            || request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_3
        ? Peer.UNKNOWN
        : Peer.PLAINTEXT;
  }

  @Override
  public @Nullable String remoteAddress() {
    return socket.getRemoteSocketAddress() instanceof InetSocketAddress internet
            && internet.getAddress() != null
        ? internet.getAddress().getHostAddress()
        : null;
  }

  @Override
  public int localPort() {
    return localPort;
  }

  @Override
  public Protocol protocol() {
    return Protocol.HTTP;
  }

  /**
   * The host that the application sees, with the port as it was written: Jetty leaves out one that
   * the scheme implies. A Host header that names another than the request's target is not believed.
   */
  @Override
  public String authority() {
    Request sent = Request.unWrap(request);
    String authority = sent.getHttpURI().getAuthority();
    String host = sent.getHeaders().get(HttpHeader.HOST);
    if (authority == null) {
      return host == null ? "" : host.toLowerCase(Locale.ROOT);
    }
    boolean sameHost =
        host != null
            && host.regionMatches(/* ignoreCase= */ true, 0, authority, 0, authority.length())
            && host.startsWith(":", authority.length());
    return (sameHost ? host : authority).toLowerCase(Locale.ROOT);
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  /** Empty for CONNECT, which has none. */
  @Override
  public String path() {
    return uri.getCanonicalPath() == null ? "" : uri.getDecodedPath();
  }

  @Override
  public @Nullable String query() {
    return uri.getQuery();
  }

  @Override
  public @Nullable String header(String name) {
    String first = null;
    List<String> all = null;
    for (HttpField field : headers) {
      if (!field.is(name)) {
        continue;
      }
      String value = field.getValue() == null ? "" : field.getValue();
      if (first == null) {
        first = value;
      } else {
        if (all == null) {
          all = new ArrayList<>(List.of(first));
        }
        all.add(value);
      }
    }
    return all == null ? first : HeaderValues.joined(name, all);
  }

  @Override
  public Iterable<String> headerNames() {
    return headers.getFieldNamesCollection();
  }

  @Override
  public void setHeader(String name, String value) {
    replace(HttpFields.build(headers).put(name, value));
  }

  @Override
  public void removeHeader(String name) {
    if (headers.contains(name)) {
      replace(HttpFields.build(headers).remove(name));
    }
  }

  /** Those of a request cannot be changed, but replaced, as long as nobody has it. */
  private void replace(HttpFields.Mutable changed) {
    if (isShown) {
      throw new IllegalStateException("headers: the application has them already");
    }
    headers = changed.asImmutable();
    isChanged = true;
  }

  /** What the application is to see. */
  Request shown() {
    isShown = true;
    return isChanged ? new ChangedRequest(request, headers) : request;
  }

  @Override
  public boolean replayable() {
    return false;
  }
}
