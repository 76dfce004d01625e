package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.Call;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.http.HttpConnectionMetrics;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.impl.HttpConnectionMetricsImpl;
import org.apache.http.impl.io.HttpTransportMetricsImpl;
import org.apache.http.nio.NHttpClientConnection;
import org.apache.http.nio.protocol.HttpAsyncClientExchangeHandler;
import org.apache.http.nio.protocol.HttpAsyncRequestExecutor;
import org.apache.http.protocol.BasicHttpContext;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange of the library holds in place of a connection: it leads one request to the mesh,
 * and is closed behind its answer. Thread-safe, as connections of the library are.
 */
final class MeshConnection implements NHttpClientConnection {

  private final Hop hop;
  private final HttpRequestWrapper request;
  private final RequestView view;
  private final Call call;

  private final HttpContext context = new BasicHttpContext();
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile boolean closed;
  private volatile int socketTimeout;
  private volatile @Nullable AsyncAttempts attempts;
  private volatile @Nullable LocalContent local;

  MeshConnection(Hop hop, HttpRequestWrapper request, RequestView view, Call call) {
    this.hop = hop;
    this.request = request;
    this.view = view;
    this.call = call;
  }

  /** The exchange is ready to send: it is asked for its request, and the call begins. */
  @Override
  public void requestOutput() {
    if (!begun.compareAndSet(false, true)) {
      return;
    }
    Application application =
        new Application(
            (HttpAsyncClientExchangeHandler)
                context.getAttribute(HttpAsyncRequestExecutor.HTTP_HANDLER),
            call.context());
    try {
      // Also has it write passwords and its timeout.
      application.tell(HttpAsyncClientExchangeHandler::generateRequest);
    } catch (Exception e) {
      call.abandoned();
      application.failed(e);
      return;
    }
    AsyncAttempts made = new AsyncAttempts(hop, request, view, call, application, this);
    attempts = made;
    made.start();
    if (closed) {
      made.cancel();
    }
  }

  /** What the exchange reads now comes from here. */
  void reads(LocalContent content) {
    local = content;
  }

  /** The answer is there, whole: the exchange takes another connection for what comes next. */
  void done() {
    closed = true;
  }

  @Override
  public void shutdown() {
    if (closed) {
      return;
    }
    closed = true;
    AsyncAttempts now = attempts;
    if (now != null) {
      now.cancel();
    } else if (begun.compareAndSet(false, true)) {
      call.abandoned();
    }
  }

  @Override
  public void close() {
    shutdown();
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public boolean isStale() {
    return false;
  }

  @Override
  public int getStatus() {
    return closed ? CLOSED : ACTIVE;
  }

  @Override
  public HttpContext getContext() {
    return context;
  }

  @Override
  public void setSocketTimeout(int millis) {
    socketTimeout = millis;
  }

  @Override
  public int getSocketTimeout() {
    return socketTimeout;
  }

  @Override
  public void requestInput() {
    LocalContent content = local;
    if (content != null) {
      content.resume();
    }
  }

  @Override
  public void suspendInput() {
    LocalContent content = local;
    if (content != null) {
      content.suspend();
    }
  }

  @Override
  public void suspendOutput() {}

  @Override
  public void submitRequest(HttpRequest submitted) {}

  @Override
  public boolean isRequestSubmitted() {
    return begun.get();
  }

  @Override
  public void resetOutput() {}

  @Override
  public void resetInput() {}

  @Override
  public HttpRequest getHttpRequest() {
    return request;
  }

  @Override
  public @Nullable HttpResponse getHttpResponse() {
    return hop.context().getResponse();
  }

  @Override
  public HttpConnectionMetrics getMetrics() {
    return new HttpConnectionMetricsImpl(
        new HttpTransportMetricsImpl(), new HttpTransportMetricsImpl());
  }
}
