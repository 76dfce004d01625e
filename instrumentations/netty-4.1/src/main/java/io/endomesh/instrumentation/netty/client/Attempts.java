package io.endomesh.instrumentation.netty.client;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.AsyncHttp;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How the attempts of one call are made. Thread-safe as far as hedged calls need it. */
final class Attempts implements AsyncHttp<Answer> {

  /** Nothing of a copy reaches the application. */
  private static final Sending.Leaving UNNOTICED =
      new Sending.Leaving() {
        @Override
        public void leaves(Sending sending, Channel to) {}

        @Override
        public void interim(HttpResponse head) {}
      };

  private final HttpRequest head;
  private final RequestView view;
  private final Message.@Nullable Body body;
  private final Exchange exchange;
  private final MeshedConnection connection;

  /** The one that the application is to get. */
  private volatile @Nullable Answer accepted;

  /**
   * @param body null if it is streamed
   */
  Attempts(
      HttpRequest head,
      RequestView view,
      Message.@Nullable Body body,
      Exchange exchange,
      MeshedConnection connection) {
    this.head = head;
    this.view = view;
    this.body = body;
    this.exchange = exchange;
    this.connection = connection;
  }

  /** Called on the event loop. */
  void breakOff() {
    Answer answer = accepted;
    if (answer != null) {
      answer.drop();
    }
  }

  @Override
  public CompletableFuture<Answer> send(HttpAttempt http) {
    Sending sending =
        new Sending(http, Message.of(head, view, body), connection.connections(), exchange);
    return sending.start(answer -> accepted = answer);
  }

  @Override
  public void mirror(Attempt copy) {
    HttpAttempt http = new HttpAttempt(copy);
    try {
      new Sending(http, Message.of(head, view, body).copied(), connection.connections(), UNNOTICED)
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
    return new IOException("the application waits no longer");
  }
}
