package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.http.LocalAnswer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Who gets the answer of a call: the elements of the chain above the mesh, and the application
 * above them. They run in the context that the call was made in, so that what they call belongs to
 * it. They are told once how the call ended. Thread-safe.
 */
final class Application implements AsyncExecCallback {

  private final AsyncExecCallback callback;
  private final HttpClientContext clientContext;
  private final CallContext callContext;
  private final AtomicBoolean over = new AtomicBoolean();

  Application(Call call, Hop hop, AsyncExecCallback callback) {
    this.callback = callback;
    this.clientContext = hop.scope().clientContext;
    this.callContext = call.context();
  }

  CallContext callContext() {
    return callContext;
  }

  @Override
  public @Nullable AsyncDataConsumer handleResponse(
      HttpResponse response, @Nullable EntityDetails body) throws HttpException, IOException {
    Decided.by(clientContext, response);
    CallContext before = callContext.attach();
    try {
      return callback.handleResponse(response, body);
    } finally {
      CallContext.restore(before);
    }
  }

  @Override
  public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
    CallContext before = callContext.attach();
    try {
      callback.handleInformationResponse(response);
    } finally {
      CallContext.restore(before);
    }
  }

  @Override
  public void completed() {
    if (over.compareAndSet(false, true)) {
      CallContext before = callContext.attach();
      try {
        callback.completed();
      } finally {
        CallContext.restore(before);
      }
    }
  }

  @Override
  public void failed(Exception cause) {
    if (over.compareAndSet(false, true)) {
      Decided.by(clientContext, cause);
      CallContext before = callContext.attach();
      try {
        callback.failed(cause);
      } finally {
        CallContext.restore(before);
      }
    }
  }

  /** The call came to nothing. */
  void failedBy(Throwable cause) {
    if (cause instanceof CancellationException) {
      // What the library itself says of an exchange that is cancelled.
      failed(new InterruptedIOException("cancelled"));
    } else {
      failed(
          cause instanceof Exception exception
              ? exception
              : new HttpException(cause.getMessage(), cause));
    }
  }

  /** Gives it an answer of the mesh as if it had come over a connection. */
  void answer(LocalAnswer answer) {
    HttpResponse response = Messages.head(answer);
    byte[] text = answer.body();
    try {
      EntityDetails body = text.length == 0 ? null : Messages.details(response, text.length);
      AsyncDataConsumer consumer = handleResponse(response, body);
      if (consumer != null && body != null) {
        consume(consumer, text);
      }
    } catch (HttpException | IOException | RuntimeException e) {
      failed(e);
      return;
    }
    completed();
  }

  private void consume(AsyncDataConsumer consumer, byte[] text) throws HttpException, IOException {
    CallContext before = callContext.attach();
    try {
      // Some consumers look for a channel before they take anything; there is all there is already.
      consumer.updateCapacity(increment -> {});
      consumer.consume(ByteBuffer.wrap(text));
      consumer.streamEnd(List.of());
    } finally {
      CallContext.restore(before);
    }
  }
}
