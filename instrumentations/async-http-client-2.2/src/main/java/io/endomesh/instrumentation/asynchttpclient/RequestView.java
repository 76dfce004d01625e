package io.endomesh.instrumentation.asynchttpclient;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.ClientRequest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.asynchttpclient.Request;
import org.asynchttpclient.request.body.generator.ByteArrayBodyGenerator;
import org.asynchttpclient.request.body.generator.FileBodyGenerator;
import org.asynchttpclient.uri.Uri;
import org.jspecify.annotations.Nullable;

/** How the mesh reads a request of this library. Not thread-safe. */
final class RequestView extends ClientRequest {

  /** Those the library writes itself. */
  private static final Set<String> RESTRICTED =
      Set.of("content-length", "transfer-encoding", "connection", "expect", "upgrade");

  private final Request request;
  private final Uri uri;
  private final long endNanos;
  private final boolean ends;

  /**
   * @param timeoutMillis the application's for the whole call, 0 or less for none
   */
  RequestView(Request request, long timeoutMillis) {
    super(RESTRICTED);
    this.request = request;
    this.uri = request.getUri();
    this.ends = timeoutMillis > 0;
    this.endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
  }

  /** Path and query as they go on the wire. */
  String target() {
    return sentTarget() != null ? sentTarget() : query() == null ? path() : path() + "?" + query();
  }

  @Override
  public String scheme() {
    return uri.getScheme();
  }

  @Override
  public String authority() {
    return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String path() {
    String path = uri.getPath();
    return path == null || path.isEmpty() ? "/" : path;
  }

  @Override
  public @Nullable String query() {
    String query = uri.getQuery();
    return query == null || query.isEmpty() ? null : query;
  }

  @Override
  protected List<String> written(String name) {
    return request.getHeaders().getAll(name);
  }

  /** Of the request and of the client's store, which is read before a request comes here. */
  @Override
  protected List<String> storedCookies() {
    return request.getCookies().stream().map(each -> each.name() + "=" + each.value()).toList();
  }

  @Override
  public boolean replayable() {
    return request.getStreamData() == null
        && (request.getBodyGenerator() == null
            || request.getBodyGenerator() instanceof ByteArrayBodyGenerator
            || request.getBodyGenerator() instanceof FileBodyGenerator)
        && request.getBodyParts().stream()
            .noneMatch(part -> part.getClass().getSimpleName().equals("InputStreamPart"));
  }

  @Override
  public long nanosLeft() {
    return ends ? Math.max(endNanos - System.nanoTime(), 0) : Call.NO_TIMEOUT;
  }
}
