package io.endomesh.instrumentation.reactornetty;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.ClientRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the mesh reads a request of this library: its host first, and the rest once the application
 * has written it. Not thread-safe.
 */
final class RequestView extends ClientRequest {

  /** Those that say how the body and the connection are framed. */
  private static final Set<String> RESTRICTED =
      Set.of("content-length", "transfer-encoding", "connection", "upgrade");

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final String authority;
  private final boolean secure;
  private final @Nullable Duration responseTimeout;

  private HttpMethod method = HttpMethod.GET;
  private String target = "/";
  private HttpHeaders headers = EmptyHttpHeaders.INSTANCE;
  private boolean whole;
  private volatile long sentNanos;
  private volatile boolean isSent;

  /**
   * @param responseTimeout of the application, which the library counts from the end of the request
   *     on
   */
  RequestView(InetSocketAddress host, boolean secure, @Nullable Duration responseTimeout) {
    super(RESTRICTED);
    this.secure = secure;
    this.responseTimeout = responseTimeout;
    String name = host.getHostString();
    String bracketed = name.indexOf(':') < 0 ? name : "[" + name + "]";
    boolean standard = host.getPort() == (secure ? HTTPS_PORT : HTTP_PORT);
    this.authority = standard ? bracketed : bracketed + ":" + host.getPort();
  }

  /** What the application wrote; the body is there as well if it is held in memory. */
  void read(HttpRequest head) {
    method = head.method();
    target = head.uri();
    headers = head.headers();
    whole = head instanceof FullHttpRequest;
  }

  /** From now on the application's timeout runs. */
  void sent() {
    sentNanos = System.nanoTime();
    isSent = true;
  }

  /** As it goes on the wire with the next attempt. */
  HttpHeaders sentHeaders() {
    HttpHeaders sent = Headers.with(changedHeaders(), headers);
    String host = sentAuthority();
    return host == null ? sent : sent.set(HttpHeaderNames.HOST, host);
  }

  HttpMethod sentMethod() {
    return method;
  }

  /** Path and query as they go on the wire with the next attempt. */
  String target() {
    String sent = sentTarget();
    return sent == null ? target : sent;
  }

  @Override
  public String scheme() {
    return secure ? "https" : "http";
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public String method() {
    return method.name();
  }

  @Override
  public String path() {
    int mark = target.indexOf('?');
    return mark < 0 ? target : target.substring(0, mark);
  }

  @Override
  public @Nullable String query() {
    int mark = target.indexOf('?');
    return mark < 0 ? null : target.substring(mark + 1);
  }

  @Override
  protected List<String> written(String name) {
    return headers.getAll(name);
  }

  @Override
  public boolean replayable() {
    return whole;
  }

  @Override
  public long nanosLeft() {
    return responseTimeout == null || !isSent
        ? Call.NO_TIMEOUT
        : Math.max(responseTimeout.toNanos() - (System.nanoTime() - sentNanos), 0);
  }
}
