package io.endomesh.instrumentation.vertx;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.ClientRequest;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How the mesh reads a request of this library, which may change until it is sent. */
final class RequestView extends ClientRequest {

  /** Those the library writes itself. */
  private static final Set<String> RESTRICTED =
      Set.of("content-length", "transfer-encoding", "connection", "expect", "upgrade");

  private final MultiMap headers = MultiMap.caseInsensitiveMultiMap();
  private Target target;
  private HttpMethod method;
  private boolean isStreamed;
  private long endNanos = Call.NO_TIMEOUT;

  RequestView(Target target, HttpMethod method) {
    super(RESTRICTED);
    this.target = target;
    this.method = method;
  }

  MultiMap headers() {
    return headers;
  }

  Target target() {
    return target;
  }

  void target(Target other) {
    target = other;
  }

  HttpMethod httpMethod() {
    return method;
  }

  void method(HttpMethod other) {
    method = other;
  }

  /** Its body comes in parts, once. */
  void streamed() {
    isStreamed = true;
  }

  /** The application waits no longer. */
  void endsIn(long millis) {
    endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Path and query as they go on the wire. */
  String sentUri() {
    String sent = sentTarget();
    return sent == null ? target.uri() : sent;
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
    return method.name();
  }

  @Override
  public String path() {
    return target.path();
  }

  @Override
  public @Nullable String query() {
    return target.query();
  }

  @Override
  protected List<String> written(String name) {
    return headers.getAll(name);
  }

  @Override
  public boolean replayable() {
    return !isStreamed;
  }

  @Override
  public long nanosLeft() {
    return endNanos == Call.NO_TIMEOUT
        ? Call.NO_TIMEOUT
        : Math.max(endNanos - System.nanoTime(), 0);
  }
}
