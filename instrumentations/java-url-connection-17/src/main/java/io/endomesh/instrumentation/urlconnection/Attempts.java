package io.endomesh.instrumentation.urlconnection;

import io.endomesh.dataplane.http.BlockingHttp;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.HttpURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * How this library makes the attempts of one call: each by a connection of the JDK's of its own.
 * Thread-safe as far as hedged calls need it.
 */
final class Attempts implements BlockingHttp<Answer> {

  /** Knows no password, and asks nobody. */
  private static final Authenticator NOBODY = new Authenticator() {};

  private final AppRequest request;
  private final RequestView view;

  Attempts(AppRequest request, RequestView view) {
    this.request = request;
    this.view = view;
  }

  @Override
  public Sending<Answer> prepare(HttpAttempt attempt) {
    WireHead head = view.wire();
    return () ->
        send(attempt, head, request.settings().authenticator(), CookieHandler.getDefault());
  }

  /** Cookies of the store go out with it, as with the original; none of its answer is stored. */
  @Override
  public Sending<Answer> prepareCopy(HttpAttempt copy) {
    WireHead head = view.wire();
    return () -> send(copy, head, NOBODY, null);
  }

  private Answer send(
      HttpAttempt attempt,
      WireHead head,
      @Nullable Authenticator authenticator,
      @Nullable CookieHandler store)
      throws IOException {
    HttpURLConnection connection = request.open(attempt.attempt(), authenticator);
    UnderWay underWay =
        new UnderWay(
            attempt, connection, request.ownTls(attempt.attempt()), head, new AnswerCookies(store));
    return underWay.around(
        () -> {
          underWay.connect();
          request.writeBody(connection);
          return underWay.answer();
        });
  }

  @Override
  public void drop(Answer answer) {
    answer.drop();
  }

  @Override
  public Answer local(LocalAnswer answer) {
    return new LocalResponse(request.url(), answer);
  }
}
