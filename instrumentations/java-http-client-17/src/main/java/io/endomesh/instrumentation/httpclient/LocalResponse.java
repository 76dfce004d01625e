package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.LocalAnswer;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the mesh itself in this library's shape; its text goes through the application's own
 * body handler. Immutable.
 */
record LocalResponse<T>(
    HttpRequest request, int statusCode, HttpHeaders headers, Version version, @Nullable T content)
    implements HttpResponse<T> {

  /** Fails only with what the application's body handler fails with. */
  static <T> CompletableFuture<HttpResponse<T>> of(HttpCall<T> call, Reply reply) {
    LocalAnswer answer = LocalAnswer.of(reply, call.request().method());
    HttpHeaders headers = HttpHeaders.of(answer.headers(), (name, value) -> true);
    Version version = call.client().version();
    BodySubscriber<T> subscriber;
    try {
      ResponseHead head = new ResponseHead(reply.status(), headers, version);
      subscriber = call.follows(head) ? AttemptHead.dropped() : call.handler().apply(head);
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
    (answer.body().length == 0
            ? BodyPublishers.noBody()
            : BodyPublishers.ofByteArray(answer.body()))
        .subscribe(new InLists(subscriber));
    return subscriber
        .getBody()
        .<HttpResponse<T>>thenApply(
            body ->
                call.delivered(
                    new LocalResponse<>(call.request(), reply.status(), headers, version, body)))
        .toCompletableFuture();
  }

  @Override
  @SuppressWarnings("NullAway") // HttpResponse is not annotated; a discarded body is null.
  public T body() {
    return content;
  }

  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    return Optional.empty();
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return Optional.empty();
  }

  @Override
  public URI uri() {
    return request.uri();
  }

  /** Body subscribers take lists of buffers. */
  private record InLists(BodySubscriber<?> subscriber) implements Flow.Subscriber<ByteBuffer> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscriber.onSubscribe(subscription);
    }

    @Override
    public void onNext(ByteBuffer buffer) {
      subscriber.onNext(List.of(buffer));
    }

    @Override
    public void onError(Throwable error) {
      subscriber.onError(error);
    }

    @Override
    public void onComplete() {
      subscriber.onComplete();
    }
  }
}
