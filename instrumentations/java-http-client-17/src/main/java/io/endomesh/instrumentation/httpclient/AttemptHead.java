package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.RetryScope;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import org.jspecify.annotations.Nullable;

/**
 * The body handler of an attempt: it sees the head of the response and decides, before the
 * application's own handler does, whether the response is the application's. If not, the body is
 * dropped. Thread-safe.
 */
final class AttemptHead<T> implements BodyHandler<T> {

  private final HttpCall<T> call;
  private final Attempt attempt;
  private boolean ended;
  private volatile @Nullable HttpHeaders headers;
  private volatile long delayNanos = Attempt.DELIVER;

  AttemptHead(HttpCall<T> call, Attempt attempt) {
    this.call = call;
    this.attempt = attempt;
  }

  @Override
  public BodySubscriber<T> apply(ResponseInfo info) {
    if (!end()) {
      // It was given up a moment ago: the answer is not the application's any more.
      return dropped();
    }
    delayNanos =
        attempt.responded(
            info.statusCode(),
            Outcome.NOT_GRPC,
            HttpCall.retryAfter(info.headers()),
            info.headers().firstValue(RetryScope.OVERLOADED_HEADER).isPresent());
    if (delayNanos != Attempt.DELIVER) {
      return dropped();
    }
    HttpHeaders changed = ChangedHeaders.ofResponse(attempt, info.headers());
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

  /** {@link Attempt#DELIVER}, or nanoseconds to wait before the next attempt. */
  long delayNanos() {
    return delayNanos;
  }

  /** True the first time: the one who gets it says how the attempt ended. */
  synchronized boolean end() {
    boolean first = !ended;
    ended = true;
    return first;
  }
}
