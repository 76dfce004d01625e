package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.Reply;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the mesh itself in this library's shape; its sentence goes through the application's
 * own body handler. Immutable.
 */
record LocalResponse<T>(
    HttpRequest request, int statusCode, HttpHeaders headers, Version version, @Nullable T content)
    implements HttpResponse<T> {

  /** Fails only with what the application's body handler fails with. */
  static <T> CompletableFuture<HttpResponse<T>> of(HttpCall<T> call, Reply reply) {
    byte[] text = (reply.message() + "\n").getBytes(StandardCharsets.UTF_8);
    HttpHeaders headers =
        HttpHeaders.of(
            Map.of(
                "content-type",
                List.of("text/plain; charset=utf-8"),
                "content-length",
                List.of(Integer.toString(text.length)),
                Reply.DECIDED_BY_HEADER,
                List.of(reply.decidedBy())),
            (name, value) -> true);
    Version version = call.client().version();
    BodySubscriber<T> subscriber;
    try {
      subscriber = call.handler().apply(new Head(reply.status(), headers, version));
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
    BodyPublishers.ofByteArray(text).subscribe(new InLists(subscriber));
    return subscriber
        .getBody()
        .<HttpResponse<T>>thenApply(
            body -> new LocalResponse<>(call.request(), reply.status(), headers, version, body))
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

  private record Head(int statusCode, HttpHeaders headers, Version version)
      implements ResponseInfo {}

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
