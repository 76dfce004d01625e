package io.endomesh.instrumentation.tomcat;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.identity.Peer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.catalina.connector.Request;
import org.apache.coyote.ActionCode;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.net.SSLSupport;
import org.jspecify.annotations.Nullable;

/** Tomcat's request as the mesh sees it. Not thread-safe, as what it shows. */
final class InboundHttp implements InboundRequest {

  /**
   * Name of the attribute with the TLS session. Read at run time: a compiler would write down the
   * one of the oldest version, {@code javax.servlet…}, which became {@code jakarta.servlet…} in 10.
   */
  private static final String SESSION_ATTRIBUTE = constant("SESSION_MGR");

  private final Request request;

  InboundHttp(Request request) {
    this.request = request;
  }

  private static String constant(String name) {
    try {
      return (String) SSLSupport.class.getField(name).get(null);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("SSLSupport." + name, e);
    }
  }

  /** The mesh's TLS session that the request came over, null on any other connection. */
  static @Nullable MeshSslSupport meshSession(org.apache.coyote.Request request) {
    if (request.getAttribute(SESSION_ATTRIBUTE) == null) {
      request.action(ActionCode.REQ_SSL_ATTRIBUTE, request);
    }
    return request.getAttribute(SESSION_ATTRIBUTE) instanceof MeshSslSupport session
        ? session
        : null;
  }

  @Override
  public List<String> peerIdentities() {
    return peer().identities();
  }

  /** Plaintext of connectors that could take the mesh's TLS, as {@link ServedPorts} has them. */
  @Override
  public Peer peer() {
    MeshSslSupport session = meshSession(request.getCoyoteRequest());
    if (session != null) {
      return session.peer();
    }
    return request.getConnector().getProtocolHandler() instanceof Http11NioProtocol http
            && !http.isSSLEnabled()
        ? Peer.PLAINTEXT
        : Peer.UNKNOWN;
  }

  @Override
  public @Nullable String remoteAddress() {
    return request.getRemoteAddr();
  }

  @Override
  public int localPort() {
    return request.getLocalPort();
  }

  @Override
  public Protocol protocol() {
    return Protocol.HTTP;
  }

  @Override
  public String authority() {
    String host = request.getHeader("host");
    return (host == null ? request.getServerName() : host).toLowerCase(Locale.ROOT);
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  /** As written if Tomcat could not decode it: then it routes it nowhere, and answers 400. */
  @Override
  public String path() {
    String decoded = request.getDecodedRequestURI();
    String path = decoded == null ? request.getRequestURI() : decoded;
    return path == null ? "" : path;
  }

  @Override
  public @Nullable String query() {
    return request.getQueryString();
  }

  @Override
  public @Nullable String header(String name) {
    MimeHeaders headers = request.getCoyoteRequest().getMimeHeaders();
    int first = headers.findHeader(name, 0);
    if (first < 0) {
      return null;
    }
    String value = headers.getValue(first).toString();
    int next = headers.findHeader(name, first + 1);
    if (next < 0) {
      return value;
    }
    List<String> values = new ArrayList<>(List.of(value));
    for (; next >= 0; next = headers.findHeader(name, next + 1)) {
      values.add(headers.getValue(next).toString());
    }
    return HeaderValues.joined(name, values);
  }

  @Override
  public Iterable<String> headerNames() {
    return Collections.list(request.getCoyoteRequest().getMimeHeaders().names());
  }

  @Override
  public void setHeader(String name, String value) {
    request.getCoyoteRequest().getMimeHeaders().setValue(name).setString(value);
  }

  @Override
  public void removeHeader(String name) {
    request.getCoyoteRequest().getMimeHeaders().removeHeader(name);
  }

  @Override
  public boolean replayable() {
    return false;
  }
}
