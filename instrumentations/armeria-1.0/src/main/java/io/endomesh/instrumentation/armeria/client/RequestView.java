package io.endomesh.instrumentation.armeria.client;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.ClientRequest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How the mesh reads a request of this library. Not thread-safe. */
final class RequestView extends ClientRequest {

  /** Those the library writes itself. */
  private static final Set<String> RESTRICTED =
      Set.of("content-length", "transfer-encoding", "connection", "expect", "upgrade");

  private final ClientRequestContext context;
  private final RequestHeaders headers;
  private final String authority;
  private final long endNanos;
  private final boolean ends;

  /** All of the body is there already: what is still written may be long, and is kept by nobody. */
  private final boolean isWhole;

  RequestView(ClientRequestContext context, HttpRequest request) {
    super(RESTRICTED);
    this.context = context;
    this.isWhole = !request.isOpen();
    this.headers = request.headers();
    this.authority = authority(context, headers);
    long timeoutMillis = context.responseTimeoutMillis();
    this.ends = timeoutMillis > 0;
    this.endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
  }

  /** In the order in which the library looks for it. */
  private static String authority(ClientRequestContext context, RequestHeaders headers) {
    String added = context.additionalRequestHeaders().get(HttpHeaderNames.AUTHORITY);
    if (added != null) {
      return added;
    }
    String written = headers.authority();
    if (written != null) {
      return written;
    }
    Endpoint endpoint = context.endpoint();
    return endpoint == null ? "" : endpoint.authority();
  }

  /** The head of the next attempt. */
  RequestHeaders sentHead() {
    RequestHeadersBuilder head = headers.toBuilder();
    changedHeaders().forEach((name, values) -> head.set(name, values));
    String target = sentTarget();
    if (target != null) {
      head.path(target);
    }
    String sent = sentAuthority();
    return head.authority(sent == null ? authority : sent).build();
  }

  @Override
  public String scheme() {
    return context.sessionProtocol().isTls() ? "https" : "http";
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public String method() {
    return headers.method().name();
  }

  @Override
  public String path() {
    String target = headers.path();
    int mark = target.indexOf('?');
    return mark < 0 ? target : target.substring(0, mark);
  }

  @Override
  public @Nullable String query() {
    String target = headers.path();
    int mark = target.indexOf('?');
    return mark < 0 ? null : target.substring(mark + 1);
  }

  @Override
  protected List<String> written(String name) {
    List<String> added = context.additionalRequestHeaders().getAll(name);
    return added.isEmpty() ? headers.getAll(name) : added;
  }

  @Override
  public boolean replayable() {
    return isWhole;
  }

  @Override
  public long nanosLeft() {
    return ends ? Math.max(endNanos - System.nanoTime(), 0) : Call.NO_TIMEOUT;
  }
}
