package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.http.HttpAttempt;
import java.io.IOException;
import java.io.InterruptedIOException;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/**
 * A copy that a mirror gets of an asynchronous call. It goes out by the {@link CopyClient}, whose
 * connections are nobody else's. Not thread-safe.
 */
final class AsyncCopy extends BasicHttpRequest {

  private static final long serialVersionUID = 1;

  private final transient HttpAttempt copy;
  private final transient WireRequest wire;

  /**
   * @param asked whom the application asks, if the request does not say it
   */
  AsyncCopy(HttpAttempt copy, HttpRequest request, HttpHost asked, WireRequest wire) {
    super(request.getMethod(), request.getPath());
    Messages.copy(request, this);
    if (getScheme() == null) {
      setScheme(asked.getSchemeName());
    }
    if (getAuthority() == null) {
      setAuthority(new URIAuthority(asked));
    }
    this.copy = copy;
    this.wire = wire;
  }

  void send(@Nullable BodyCopy body) {
    copy.startClock();
    CopyClient.execute(new CopyProducer(this, body), new Ending(copy));
  }

  /** The chain of that client has come to the point where a call would begin. */
  void execute(Rest rest, Hop hop, AsyncExecCallback callback) {
    RequestBody.Turn body = hop.body() == null ? null : new RequestBody(hop.body()).turn();
    AsyncExchange exchange = new AsyncExchange(hop, copy, wire, body, CallContext.EMPTY, callback);
    copy.onBreakOff(exchange::cancel);
    Runnable begin =
        () -> {
          try {
            exchange.execute(rest, hop.request(), hop.scope().clientContext);
          } catch (HttpException | IOException | RuntimeException e) {
            exchange.failed(e);
          }
        };
    if (body == null) {
      begin.run();
    } else {
      body.whenFree(begin);
    }
  }

  /** Whatever comes of it is nothing to the application. */
  private record Ending(HttpAttempt copy) implements FutureCallback<Boolean> {

    @Override
    public void completed(Boolean read) {
      // Its head was told to the attempt as it came.
    }

    @Override
    public void failed(Exception cause) {
      copy.failed(cause);
    }

    @Override
    public void cancelled() {
      copy.failed(new InterruptedIOException("cancelled"));
    }
  }
}
