package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.http.ClientRequest;
import java.util.List;
import java.util.Set;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHost;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.conn.routing.HttpRoute;
import org.jspecify.annotations.Nullable;

/** How the mesh reads a request of this library, cookies of its store included. Not thread-safe. */
final class RequestView extends ClientRequest {

  /** Those the client has written itself when a request comes here. */
  private static final Set<String> RESTRICTED =
      Set.of("content-length", "transfer-encoding", "connection", "expect", "upgrade");

  private final HttpRequestWrapper request;
  private final String scheme;
  private final HttpHost target;
  private final String requestTarget;
  private final String path;
  private final @Nullable String query;

  private final boolean replayable;

  private RequestView(
      HttpRequestWrapper request, String scheme, HttpHost target, boolean replayable) {
    super(RESTRICTED);
    this.request = request;
    this.scheme = scheme;
    this.target = target;
    this.replayable = replayable;
    this.requestTarget = Messages.requestTarget(request);
    int mark = requestTarget.indexOf('?');
    String written = mark < 0 ? requestTarget : requestTarget.substring(0, mark);
    this.path = written.isEmpty() ? "/" : written;
    this.query = mark < 0 ? null : requestTarget.substring(mark + 1);
  }

  /**
   * Null if it is not one a service could be asked by.
   *
   * @param target what goes into the Host header: with a port only if one was written
   * @param replayable if what the request says of its body is true
   */
  static @Nullable RequestView of(
      HttpRoute route, HttpRequestWrapper request, HttpHost target, boolean replayable) {
    String scheme = route.getTargetHost().getSchemeName();
    HttpEntity entity = Messages.entity(request);
    return scheme.equals("http") || scheme.equals("https")
        ? new RequestView(
            request, scheme, target, entity == null || replayable && entity.isRepeatable())
        : null;
  }

  /** Path and query as the application wrote them, also where it uses a proxy. */
  String requestTarget() {
    return requestTarget;
  }

  @Override
  public String scheme() {
    return scheme;
  }

  @Override
  public String authority() {
    return target.toHostString();
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
    return query;
  }

  @Override
  protected List<String> written(String name) {
    return Messages.values(request, name);
  }

  @Override
  public boolean replayable() {
    return replayable;
  }
}
