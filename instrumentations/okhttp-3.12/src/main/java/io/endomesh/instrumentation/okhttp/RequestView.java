package io.endomesh.instrumentation.okhttp;

import static io.endomesh.dataplane.Call.NO_TIMEOUT;

import io.endomesh.dataplane.http.ClientRequest;
import java.util.List;
import java.util.Set;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * How the mesh reads a request of this library: as it goes to the network, with cookies and all.
 * Not thread-safe.
 */
final class RequestView extends ClientRequest {

  /** Those that say how the body and the connection are framed. */
  private static final Set<String> RESTRICTED =
      Set.of("content-length", "transfer-encoding", "connection", "upgrade");

  private final Request request;
  private final Timeout timeout;
  private final long startNanos = System.nanoTime();

  /**
   * @param timeout of the whole call
   */
  RequestView(Request request, Timeout timeout) {
    super(RESTRICTED);
    this.request = request;
    this.timeout = timeout;
  }

  @Override
  public String scheme() {
    return request.url().scheme();
  }

  @Override
  public String authority() {
    HttpUrl url = request.url();
    String host = url.host().indexOf(':') < 0 ? url.host() : "[" + url.host() + "]";
    return url.port() == HttpUrl.defaultPort(url.scheme()) ? host : host + ":" + url.port();
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String path() {
    return request.url().encodedPath();
  }

  @Override
  public @Nullable String query() {
    return request.url().encodedQuery();
  }

  @Override
  protected List<String> written(String name) {
    return request.headers(name);
  }

  @Override
  public boolean replayable() {
    return Bodies.isReplayable(request.body());
  }

  /** Counted from this hop; the library does not tell when the call began. */
  @Override
  public long nanosLeft() {
    long left = NO_TIMEOUT;
    if (timeout.timeoutNanos() > 0) {
      left = timeout.timeoutNanos() - (System.nanoTime() - startNanos);
    }
    if (timeout.hasDeadline()) {
      left = Math.min(left, timeout.deadlineNanoTime() - System.nanoTime());
    }
    return Math.max(left, 0);
  }
}
