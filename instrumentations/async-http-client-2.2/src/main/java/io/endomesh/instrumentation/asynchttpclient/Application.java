package io.endomesh.instrumentation.asynchttpclient;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.netty.handler.codec.http.HttpHeaders;
import org.asynchttpclient.AsyncHandler;
import org.asynchttpclient.AsyncHandler.State;
import org.asynchttpclient.HttpResponseBodyPart;
import org.asynchttpclient.HttpResponseStatus;
import org.asynchttpclient.netty.NettyResponseFuture;

/**
 * Who gets the answer of a call: the application's handler and future. They run in the context that
 * the call was made in, so that what they call belongs to it. Used by one thread at a time.
 */
final class Application {

  private final AsyncHandler<?> handler;
  private final NettyResponseFuture<?> future;
  private final CallContext callContext;

  Application(AsyncHandler<?> handler, NettyResponseFuture<?> future, Call call) {
    this.handler = handler;
    this.future = future;
    this.callContext = call.context();
  }

  NettyResponseFuture<?> future() {
    return future;
  }

  /** Something that a handler is told. */
  private interface Step<T> {
    T run(AsyncHandler<?> handler) throws Exception;
  }

  private <T> T tell(Step<T> step) throws Exception {
    CallContext before = callContext.attach();
    try {
      return step.run(handler);
    } finally {
      CallContext.restore(before);
    }
  }

  /** As the library tells it. */
  State head(HttpResponseStatus status, HttpHeaders headers) throws Exception {
    return tell(
        told -> {
          State next = told.onStatusReceived(status);
          return next == State.ABORT || headers.isEmpty() ? next : told.onHeadersReceived(headers);
        });
  }

  State part(HttpResponseBodyPart part) throws Exception {
    return tell(told -> told.onBodyPartReceived(part));
  }

  State trailers(HttpHeaders trailers) throws Exception {
    return tell(told -> told.onTrailingHeadersReceived(trailers));
  }

  /** Has the library run a redirect, whose next call belongs to the same served call. */
  boolean redirects(Redirect redirect) throws Exception {
    return tell(told -> redirect.run());
  }

  /** What follows a redirect. */
  interface Redirect {
    boolean run() throws Exception;
  }

  /** The answer is whole. */
  void done() {
    CallContext before = callContext.attach();
    try {
      future.done();
    } finally {
      CallContext.restore(before);
    }
  }

  /** The call came to nothing; who has given it up is not told. */
  void failed(Throwable cause) {
    CallContext before = callContext.attach();
    try {
      future.abort(cause);
    } finally {
      CallContext.restore(before);
    }
  }
}
