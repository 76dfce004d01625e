package io.endomesh.dataplane.http;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Reply;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * What an asynchronous HTTP client adds to {@link AsyncHttpExchange}: one object for each call.
 *
 * @param <R> the library's response
 */
public interface AsyncHttp<R> {

  /**
   * Sends what the view of the request says now to the endpoint of an attempt. The attempt is told
   * when bytes leave, and the head of the answer before anything else sees it; the future completes
   * whether the answer is the application's or not. Cancelling it breaks the attempt off.
   */
  CompletableFuture<R> send(HttpAttempt attempt);

  /**
   * Sends a copy that a mirror gets, and ends it. It goes over connections of its own, and its
   * answer touches nothing of the application's.
   */
  void mirror(Attempt copy);

  /** The mesh's own answer in the library's shape. */
  CompletableFuture<R> reply(Reply reply);

  /** What the application gets when its own timeout is over. */
  IOException timedOut();
}
