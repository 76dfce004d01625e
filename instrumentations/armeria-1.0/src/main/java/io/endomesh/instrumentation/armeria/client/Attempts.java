package io.endomesh.instrumentation.armeria.client;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.HttpClient;
import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestDuplicator;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.AsyncHttp;
import io.endomesh.dataplane.http.AsyncHttpExchange;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How this library makes the attempts of one call. Thread-safe. */
final class Attempts implements AsyncHttp<HttpResponse> {

  /** On the context of an attempt, which goes to the endpoint and not by the mesh again. */
  static final AttributeKey<Boolean> ATTEMPT = AttributeKey.valueOf("io.endomesh.attempt");

  private final HttpClient client;
  private final ClientRequestContext context;
  private final HttpRequest request;
  private final RequestView view;
  private final Call call;

  /** Of a body that may be sent more than once; null if it may not. */
  private final @Nullable HttpRequestDuplicator bodies;

  Attempts(
      HttpClient client,
      ClientRequestContext context,
      HttpRequest request,
      RequestView view,
      Call call) {
    this.client = client;
    this.context = context;
    this.request = request;
    this.view = view;
    this.call = call;
    this.bodies =
        view.replayable()
            ? request.toDuplicator(context.eventLoop(), /* maxRequestLength= */ 0)
            : null;
  }

  /** Begins the call on this thread. */
  HttpResponse start() {
    CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    AsyncCall<HttpResponse> running =
        AsyncCall.startInAnyCase(call, new AsyncHttpExchange<>(view, this));
    HttpResponse response = HttpResponse.from(answer, context.eventLoop());
    running.whenComplete((sent, error) -> end(answer, sent, error));
    // Given up by the application; harmless behind the end.
    response
        .whenComplete()
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                running.cancel(true);
              }
              if (bodies != null) {
                bodies.close();
              }
            });
    return response;
  }

  private void end(
      CompletableFuture<HttpResponse> answer,
      @Nullable HttpResponse sent,
      @Nullable Throwable error) {
    CallContext before = call.context().attach();
    try {
      if (error == null) {
        answer.complete(sent);
        return;
      }
      Throwable cause = AsyncHttpExchange.unwrap(error);
      Throwable shown =
          cause instanceof TimedOut
              ? ResponseTimeoutException.get()
              : cause instanceof BrokenOff broken ? broken.asTold() : cause;
      request.abort(shown);
      context.logBuilder().endRequest(shown);
      context.logBuilder().endResponse(shown);
      answer.completeExceptionally(shown);
    } finally {
      CallContext.restore(before);
    }
  }

  @Override
  public CompletableFuture<HttpResponse> send(HttpAttempt http) {
    AttemptAnswer answer = new AttemptAnswer(this, http, view.sentHead());
    answer.send();
    return answer.done();
  }

  /** The request of an attempt. */
  HttpRequest withHead(RequestHeaders head) {
    return bodies == null
        ? HttpRequest.of(head, new BodyOnce(request, context.eventLoop()))
        : bodies.duplicate(head);
  }

  HttpClient client() {
    return client;
  }

  ClientRequestContext context() {
    return context;
  }

  Call call() {
    return call;
  }

  RequestView view() {
    return view;
  }

  @Override
  public void mirror(Attempt copy) {
    if (bodies == null) {
      copy.abandoned(null);
      return;
    }
    HttpAttempt http = new HttpAttempt(copy);
    AttemptAnswer sent = new AttemptAnswer(this, http, view.sentHead());
    sent.sendCopy();
    sent.done()
        .whenComplete(
            (answer, error) -> {
              // Whatever comes of it is nothing to the application.
              if (error != null) {
                http.failed(error);
              }
            });
  }

  @Override
  public CompletableFuture<HttpResponse> reply(Reply reply) {
    LocalAnswer local = LocalAnswer.of(reply, view.method());
    ResponseHeadersBuilder head = ResponseHeaders.builder(local.status());
    local.headers().forEach((name, values) -> head.set(name, values));
    ResponseHeaders built = head.build();
    request.abort();
    context.logBuilder().endRequest();
    context.logBuilder().responseHeaders(built);
    context.logBuilder().endResponse();
    return CompletableFuture.completedFuture(
        local.body().length == 0
            ? HttpResponse.of(built)
            : HttpResponse.of(built, HttpData.wrap(local.body())));
  }

  @Override
  public IOException timedOut() {
    return new TimedOut();
  }

  /** Stands for the library's exception, which is none of those. */
  private static final class TimedOut extends InterruptedIOException {
    private static final long serialVersionUID = 1;
  }

  /** Stands for one of the library's, which are none of {@link IOException}. */
  static final class BrokenOff extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Throwable told;

    BrokenOff(Throwable told) {
      super(told.getMessage(), told);
      this.told = told;
    }

    Throwable asTold() {
      return told;
    }
  }
}
