package io.endomesh.instrumentation.reactornetty;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.ChangedHeaders;
import io.endomesh.dataplane.http.HttpAttempt;
import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;

/**
 * One attempt, or a copy, on its way: from a connection to the head of its answer. Thread-safe: it
 * ends on the event loop of its connection, or by whoever breaks it off.
 */
final class Sending {

  /** Set on connections that have been used, by whatever call. */
  private static final AttributeKey<Boolean> USED = AttributeKey.valueOf("io.endomesh.used");

  private final HttpAttempt http;
  private final HttpClient client;
  private final Message message;
  private final MeshChannel channel;
  private final CompletableFuture<Answer> sent = new CompletableFuture<>();
  private final Disposable.Swap connecting = Disposables.swap();

  private volatile boolean reused;

  Sending(HttpAttempt http, HttpClient client, Message message, MeshChannel channel) {
    this.http = http;
    this.client = client;
    this.message = message;
    this.channel = channel;
  }

  /**
   * @param accepting told of the answer if it is not dropped
   */
  CompletableFuture<Answer> start(Consumer<Answer> accepting) {
    http.onBreakOff(() -> sent.completeExceptionally(new IOException("attempt broken off")));
    long nanos = http.attempt().timeoutNanos();
    Future<?> clock =
        nanos == Call.NO_TIMEOUT
            ? null
            : channel.eventLoop().schedule(http::expire, nanos, NANOSECONDS);
    connect(accepting);
    return sent.whenComplete(
        (answer, error) -> {
          if (clock != null) {
            clock.cancel(false);
          }
          if (error != null) {
            connecting.dispose();
          }
        });
  }

  private void connect(Consumer<Answer> accepting) {
    connecting.update(
        client
            .request(message.method())
            .uri(message.target())
            .send(this::write)
            .responseConnection(
                (response, connection) -> Mono.just(judged(response, connection, accepting)))
            .contextWrite(channel.context())
            .subscribe(
                answer -> {
                  if (!sent.complete(answer)) {
                    answer.discard();
                  }
                },
                error -> broken(cause(error), accepting)));
  }

  /** There is a connection, with its TLS handshake finished. */
  private Publisher<Void> write(HttpClientRequest request, NettyOutbound outbound) {
    request.requestHeaders().clear().set(message.headers());
    outbound.withConnection(
        connection -> reused = connection.channel().attr(USED).getAndSet(Boolean.TRUE) != null);
    http.leaves();
    if (!http.attempt().isCopy()) {
      channel.leaves();
    }
    Message.Body body = message.body();
    if (body == null) {
      Channel[] to = new Channel[1];
      outbound.withConnection(connection -> to[0] = connection.channel());
      return Mono.from(outbound.then()).then(Mono.defer(() -> channel.upload(to[0])));
    }
    return body.isEmpty() ? Mono.empty() : outbound.send(Mono.fromCallable(body::share));
  }

  private Answer judged(
      HttpClientResponse response, Connection connection, Consumer<Answer> accepting) {
    HttpHeaders received = response.responseHeaders();
    boolean wanted =
        http.answered(response.status().code(), name -> received.getAll(name))
            && !http.attempt().isCopy();
    Answer answer =
        new Answer(
            response.status(),
            wanted ? changed(received) : received,
            connection.inbound().receiveObject(),
            Internals.trailers(response),
            connection);
    if (wanted) {
      accepting.accept(answer);
    } else {
      answer.drop();
    }
    return answer;
  }

  private HttpHeaders changed(HttpHeaders received) {
    Attempt attempt = http.attempt();
    if (!attempt.changesResponse()) {
      return received;
    }
    ChangedHeaders changed = new ChangedHeaders(name -> received.getAll(name));
    attempt.changeResponse(changed);
    return Headers.with(changed.changes(), received);
  }

  private void broken(Throwable error, Consumer<Answer> accepting) {
    if (reused && error instanceof IOException && http.sendsAgain()) {
      connect(accepting);
    } else {
      sent.completeExceptionally(error);
    }
  }

  /** Netty wraps what a handshake fails with if the server breaks it off. */
  private static Throwable cause(Throwable error) {
    Throwable unwrapped = Exceptions.unwrap(error);
    return unwrapped instanceof DecoderException && unwrapped.getCause() instanceof IOException io
        ? io
        : unwrapped;
  }
}
