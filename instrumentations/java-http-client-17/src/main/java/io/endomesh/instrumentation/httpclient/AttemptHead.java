package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.http.HttpAttempt;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import org.jspecify.annotations.Nullable;

/**
 * The body handler of an attempt: it sees the head of the response and asks, before the
 * application's own handler does, whether the response is the application's. If not, the body is
 * dropped. Thread-safe.
 */
final class AttemptHead<T> implements BodyHandler<T> {

  private final HttpCall<T> call;
  private final HttpAttempt attempt;
  private volatile @Nullable HttpHeaders headers;

  AttemptHead(HttpCall<T> call, HttpAttempt attempt) {
    this.call = call;
    this.attempt = attempt;
  }

  @Override
  public BodySubscriber<T> apply(ResponseInfo info) {
    if (!attempt.answered(info.statusCode(), info.headers()::allValues)) {
      return dropped();
    }
    HttpHeaders changed = HeaderText.ofResponse(attempt.attempt(), info.headers());
    headers = changed;
    ResponseInfo seen = new ResponseHead(info.statusCode(), changed, info.version());
    return call.follows(seen) ? dropped() : call.handler().apply(seen);
  }

  @SuppressWarnings("NullAway") // A body nobody gets to see.
  static <T> BodySubscriber<T> dropped() {
    return BodySubscribers.replacing(null);
  }

  /** What the application gets to see; null if no head has come, or it is not delivered. */
  @Nullable HttpHeaders headers() {
    return headers;
  }
}
