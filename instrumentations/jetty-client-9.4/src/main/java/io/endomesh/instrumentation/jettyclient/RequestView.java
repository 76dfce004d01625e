package io.endomesh.instrumentation.jettyclient;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.ClientRequest;
import io.endomesh.instrumentation.jettyclient.before10.Content;
import io.endomesh.instrumentation.jettyclient.before10.Library;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpRequest;
import org.jspecify.annotations.Nullable;

/** How the mesh reads a request of this library. Not thread-safe. */
final class RequestView extends ClientRequest {

  /** Those the library writes itself. */
  private static final Set<String> RESTRICTED =
      Set.of("content-length", "transfer-encoding", "connection", "expect", "upgrade");

  private final HttpClient client;
  private final HttpRequest request;
  private final long endNanos;

  RequestView(HttpClient client, HttpRequest request) {
    super(RESTRICTED);
    this.client = client;
    this.request = request;
    this.endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(request.getTimeout());
  }

  /** Path and query as they go on the wire. */
  String target() {
    return sentTarget() != null ? sentTarget() : query() == null ? path() : path() + "?" + query();
  }

  @Override
  public String scheme() {
    return request.getScheme().toLowerCase(Locale.ROOT);
  }

  @Override
  public String authority() {
    int port = request.getPort();
    return port <= 0 || port == (scheme().equals("https") ? 443 : 80)
        ? request.getHost()
        : request.getHost() + ":" + port;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String path() {
    String path = request.getPath();
    return path == null || path.isEmpty() ? "/" : path;
  }

  @Override
  public @Nullable String query() {
    String query = request.getQuery();
    return query == null || query.isEmpty() ? null : query;
  }

  @Override
  protected List<String> written(String name) {
    return Library.headers(request, name);
  }

  /** Of the request and of the client's store. */
  @Override
  protected List<String> storedCookies() {
    return Library.cookies(client, request);
  }

  @Override
  public boolean replayable() {
    return Content.isReplayable(request);
  }

  @Override
  public long nanosLeft() {
    return request.getTimeout() > 0 ? Math.max(endNanos - System.nanoTime(), 0) : Call.NO_TIMEOUT;
  }
}
