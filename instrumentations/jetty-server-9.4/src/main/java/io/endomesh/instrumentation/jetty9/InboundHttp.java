package io.endomesh.instrumentation.jetty9;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.identity.Peer;
import io.endomesh.instrumentation.jetty9.before10.JettyApi;
import io.endomesh.weaving.Suppressed;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.HttpOutput;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Jetty's request as the mesh sees it. The connection is that of the socket, whatever the PROXY
 * protocol or a header that a proxy is trusted to write say: those are the caller's words. Not
 * thread-safe, as what it shows.
 */
final class InboundHttp implements InboundRequest {

  /** Where a servlet asks for it (Servlet 3.1, 3.9): {@code javax.…}, {@code jakarta.…} in 11. */
  private static final String CERTIFICATES =
      HttpOutput.class.getSuperclass().getPackageName() + ".request.X509Certificate";

  private final Request request;
  private final @Nullable Socket socket;
  private final @Nullable MeshConnection mesh;
  private final boolean hasOtherTls;
  private String path;

  InboundHttp(HttpChannel channel) {
    this.request = channel.getRequest();
    this.path = request.getPathInfo() == null ? "" : request.getPathInfo();
    EndPoint outermost = channel.getEndPoint();
    while (outermost.getTransport() instanceof EndPoint below) {
      outermost = below;
    }
    this.socket = outermost.getTransport() instanceof SocketChannel open ? open.socket() : null;
    Connection connection = outermost.getConnection();
    this.mesh = connection instanceof MeshConnection ofMesh ? ofMesh : null;
    this.hasOtherTls = mesh == null && connection instanceof SslConnection;
  }

  /** True if the path is another one from now on. */
  boolean movesTo(String now) {
    if (now.equals(path)) {
      return false;
    }
    path = now;
    return true;
  }

  /** The application may ask who calls, as on a connector with TLS. */
  void showPeer(Request shown) {
    if (mesh != null) {
      try {
        shown.setAttribute(CERTIFICATES, mesh.peerCertificates());
      } catch (SSLPeerUnverifiedException e) {
        Suppressed.report(e);
      }
    }
  }

  /** HTTP/2 carries the scheme of the wire; the application is shown that of its connector. */
  void showScheme(Request shown) {
    if (mesh != null
        && shown.getHttpVersion() == HttpVersion.HTTP_2
        && HttpScheme.HTTPS.is(shown.getScheme())) {
      JettyApi.showScheme(shown, HttpScheme.HTTP.asString());
    }
  }

  @Override
  public List<String> peerIdentities() {
    return peer().identities();
  }

  @Override
  public Peer peer() {
    if (mesh != null) {
      return mesh.peer();
    }
    return hasOtherTls || socket == null ? Peer.UNKNOWN : Peer.PLAINTEXT;
  }

  @Override
  public @Nullable String remoteAddress() {
    @Nullable InetAddress address = socket == null ? null : socket.getInetAddress();
    return address == null ? null : address.getHostAddress();
  }

  @Override
  public int localPort() {
    return socket == null ? 0 : socket.getLocalPort();
  }

  @Override
  public Protocol protocol() {
    return Protocol.HTTP;
  }

  /** As it was written: a request's target before its Host header, which is not believed then. */
  @Override
  public String authority() {
    String inTarget = JettyApi.authority(request);
    String host = inTarget == null ? request.getHeader("Host") : inTarget;
    return host == null ? "" : host.toLowerCase(Locale.ROOT);
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String query() {
    return request.getQueryString();
  }

  @Override
  public @Nullable String header(String name) {
    return HeaderValues.joined(name, Collections.list(request.getHeaders(name)));
  }

  @Override
  public Iterable<String> headerNames() {
    return Collections.list(request.getHeaderNames());
  }

  @Override
  public void setHeader(String name, String value) {
    JettyApi.setHeader(request, name, value);
  }

  @Override
  public void removeHeader(String name) {
    JettyApi.removeHeader(request, name);
  }

  @Override
  public boolean replayable() {
    return false;
  }
}
