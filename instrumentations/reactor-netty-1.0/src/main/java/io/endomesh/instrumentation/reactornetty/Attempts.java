package io.endomesh.instrumentation.reactornetty;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.AsyncHttp;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClientConfig;

/**
 * How this library makes the attempts of one hop: each by a client that is made from the
 * application's, to the address of its endpoint. No thread ever waits. Thread-safe as far as hedged
 * calls need it.
 */
final class Attempts implements AsyncHttp<Answer> {

  private final HttpClientConfig config;
  private final RequestView view;
  private final MeshChannel channel;

  private Message.@Nullable Body body;
  private volatile boolean begun;

  /** The one that the application is to get. */
  private volatile @Nullable Answer delivered;

  Attempts(HttpClientConfig config, RequestView view, MeshChannel channel) {
    this.config = config;
    this.view = view;
    this.channel = channel;
  }

  /** The body of the request, unless it is streamed. */
  void body(Message.Body whole) {
    body = whole;
  }

  /** True once there is an attempt. */
  boolean begun() {
    return begun;
  }

  /**
   * The call is over, however it went.
   *
   * @param read true if the application has got the answer
   */
  void over(boolean read) {
    Answer answer = delivered;
    if (!read && answer != null) {
      answer.discard();
    }
    if (body != null) {
      body.release();
    }
  }

  @Override
  public CompletableFuture<Answer> send(HttpAttempt http) {
    begun = true;
    Sending sending =
        new Sending(
            http,
            AttemptClient.of(config, channel.remoteAddress(), http.attempt()),
            Message.of(view, body),
            channel);
    return sending.start(answer -> delivered = answer);
  }

  @Override
  public void mirror(Attempt copy) {
    HttpAttempt http = new HttpAttempt(copy);
    try {
      new Sending(
              http,
              AttemptClient.ofCopies(config, channel.remoteAddress(), copy),
              Message.of(view, body).copied(),
              channel)
          .start(none -> {})
          .whenComplete(
              (answer, error) -> {
                if (error != null) {
                  http.failed(error);
                }
              });
    } catch (RuntimeException | Error e) {
      copy.abandoned(e);
    }
  }

  @Override
  public CompletableFuture<Answer> reply(Reply reply) {
    return CompletableFuture.completedFuture(Answer.local(LocalAnswer.of(reply, view.method())));
  }

  @Override
  public IOException timedOut() {
    return new IOException(ReadTimeoutException.INSTANCE);
  }
}
