package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.Reply;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
    byte[] text = reply.message().getBytes(StandardCharsets.UTF_8);
    HttpHeaders headers = headers(reply, text.length);
    Version version = call.client().version();
    BodySubscriber<T> subscriber;
    try {
      ResponseHead head = new ResponseHead(reply.status(), headers, version);
      subscriber = call.follows(head) ? AttemptHead.dropped() : call.handler().apply(head);
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
    boolean bodiless = call.request().method().equals("HEAD") || BODILESS.contains(reply.status());
    (bodiless ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(text))
        .subscribe(new InLists(subscriber));
    return subscriber
        .getBody()
        .<HttpResponse<T>>thenApply(
            body ->
                call.delivered(
                    new LocalResponse<>(call.request(), reply.status(), headers, version, body)))
        .toCompletableFuture();
  }

  /** No Content and Not Modified (RFC 9110, 15.3.5 and 15.4.5). */
  private static final Set<Integer> BODILESS = Set.of(204, 304);

  private static HttpHeaders headers(Reply reply, int length) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Reply.Header header : reply.headers()) {
      headers.computeIfAbsent(header.name(), name -> new ArrayList<>()).add(header.value());
    }
    if (length > 0) {
      headers.putIfAbsent("content-type", List.of("text/plain; charset=utf-8"));
    }
    headers.put("content-length", List.of(Integer.toString(length)));
    headers.put(Reply.DECIDED_BY_HEADER, List.of(reply.decidedBy()));
    return HttpHeaders.of(headers, (name, value) -> true);
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
