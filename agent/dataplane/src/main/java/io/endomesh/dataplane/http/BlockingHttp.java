package io.endomesh.dataplane.http;

import java.io.IOException;

/**
 * What a blocking HTTP client adds to {@link BlockingHttpExchange}: one object for each call.
 *
 * @param <R> the library's response
 */
public interface BlockingHttp<R> {

  /** A request that is ready to go, once. */
  interface Sending<R> {

    /**
     * Sends it on this thread and returns when the head of the answer is here. On the way it tells
     * the {@link HttpAttempt}: how to break it off, when bytes leave, and the head before anything
     * else sees it. Whether the answer is the application's or not, it is returned.
     */
    R send() throws IOException;
  }

  /** What the view of the request says now, on its way to the endpoint of an attempt. */
  Sending<R> prepare(HttpAttempt attempt);

  /**
   * The same for a copy that a mirror gets. It goes over connections of its own, so that a slow
   * mirror takes none from the application, and its answer touches nothing of the application's: no
   * cookie store, no authenticator.
   */
  Sending<R> prepareCopy(HttpAttempt copy);

  /** The answer is nobody's: its connection is to be free again. Does not throw. */
  void drop(R response);

  /** The mesh's own answer in the library's shape. */
  R local(LocalAnswer answer) throws IOException;
}
