package io.endomesh.instrumentation.netty.client;

import io.endomesh.dataplane.http.ClientRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the mesh reads a request that is written to a channel. Not thread-safe. */
final class RequestView extends ClientRequest {

  /** Those that say how the body and the connection are framed. */
  private static final Set<String> RESTRICTED =
      Set.of("content-length", "transfer-encoding", "connection", "upgrade");

  /** RFC 7540, 3.2. */
  private static final String H2C = "h2c";

  private static final String SETTINGS = "http2-settings";

  private static final String ABSOLUTE = "://";

  private final Target target;
  private final HttpRequest head;
  private final boolean whole;
  private final String origin;

  /**
   * @param whole if its body is held in memory
   */
  RequestView(Target target, HttpRequest head, boolean whole) {
    super(RESTRICTED);
    this.target = target;
    this.head = head;
    this.whole = whole;
    this.origin = origin(head.uri());
  }

  /** Path and query, also of a target that names its host (RFC 9112, 3.2.2). */
  private static String origin(String uri) {
    int scheme = uri.startsWith("/") ? -1 : uri.indexOf(ABSOLUTE);
    if (scheme < 0) {
      return uri;
    }
    int path = uri.indexOf('/', scheme + ABSOLUTE.length());
    return path < 0 ? "/" : uri.substring(path);
  }

  /**
   * As it goes on the wire with the next attempt. Not with the wish for HTTP/2, which a server is
   * free to leave: what followed would be one call for good.
   */
  HttpHeaders sentHeaders() {
    HttpHeaders sent = head.headers().copy();
    if (H2C.equals(sent.get(HttpHeaderNames.UPGRADE))) {
      sent.remove(HttpHeaderNames.UPGRADE).remove(HttpHeaderNames.CONNECTION).remove(SETTINGS);
    }
    changedHeaders()
        .forEach(
            (name, values) -> {
              sent.remove(name);
              sent.add(name, values);
            });
    String host = sentAuthority();
    return host == null ? sent : sent.set(HttpHeaderNames.HOST, host);
  }

  /** Path and query as they go on the wire with the next attempt. */
  String target() {
    String sent = sentTarget();
    return sent == null ? head.uri() : sent;
  }

  @Override
  public String scheme() {
    return target.scheme();
  }

  @Override
  public String authority() {
    return target.authority();
  }

  @Override
  public String method() {
    return head.method().name();
  }

  @Override
  public String path() {
    int mark = origin.indexOf('?');
    return mark < 0 ? origin : origin.substring(0, mark);
  }

  @Override
  public @Nullable String query() {
    int mark = origin.indexOf('?');
    return mark < 0 ? null : origin.substring(mark + 1);
  }

  @Override
  protected List<String> written(String name) {
    return head.headers().getAll(name);
  }

  @Override
  public boolean replayable() {
    return whole;
  }
}
