package io.endomesh.instrumentation.vertx;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.AsyncHttp;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.impl.HttpClientImpl;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;

/** How this library makes the attempts of one call. Thread-safe. */
final class Attempts implements AsyncHttp<HttpClientResponse> {

  private final HttpClientImpl client;
  private final Vertx vertx;
  private final Context context;
  private final RequestView view;
  private final Body body;

  Attempts(HttpClientImpl client, Vertx vertx, Context context, RequestView view, Body body) {
    this.client = client;
    this.vertx = vertx;
    this.context = context;
    this.view = view;
    this.body = body;
  }

  private Sending start(HttpAttempt http, boolean isCopy) {
    HttpClient derived = Clients.of(client).by(client, vertx, http.attempt().tls(), isCopy);
    Sending sending = new Sending(context, derived, http, view, body, isCopy);
    sending.start();
    return sending;
  }

  @Override
  public CompletableFuture<HttpClientResponse> send(HttpAttempt http) {
    return start(http, /* isCopy= */ false).done();
  }

  @Override
  public void mirror(Attempt copy) {
    HttpAttempt http = new HttpAttempt(copy);
    start(http, /* isCopy= */ true)
        .done()
        .whenComplete(
            (answer, error) -> {
              // Whatever comes of it is nothing to the application.
              if (error != null) {
                http.failed(error);
              }
            });
  }

  @Override
  public CompletableFuture<HttpClientResponse> reply(Reply reply) {
    return CompletableFuture.completedFuture(
        LocalResponse.of(LocalAnswer.of(reply, view.method()), context));
  }

  @Override
  public IOException timedOut() {
    return new InterruptedIOException("the application's timeout passed");
  }
}
