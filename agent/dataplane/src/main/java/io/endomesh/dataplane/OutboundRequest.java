package io.endomesh.dataplane;

/**
 * A request that goes out: a view onto the library's own request object. What the mesh changes is
 * sent instead of what the application wrote; the application's object stays as it is, and so does
 * what it reads from the response. Not thread-safe.
 */
public interface OutboundRequest extends Request, Headers {

  /**
   * Back to what the application wrote. Called before each attempt, so that the changes of one do
   * not pile up on the next.
   */
  void restore();

  /**
   * Sends another path and query in place of the application's. {@link #path} and {@link #query}
   * stay the application's: routes are matched by those.
   *
   * @param target path and query as they go on the wire, {@code /v2/orders?x=1}
   */
  void rewriteTarget(String target);

  /**
   * Sends another host, in the {@code Host} header or {@code :authority}. Where the call goes is
   * decided by its route all the same.
   *
   * @param authority {@code orders}, {@code orders:8080}
   */
  void rewriteAuthority(String authority);

  /**
   * Nanoseconds that the application itself still waits for the call, by a timeout or deadline it
   * gave to its library; {@link Call#NO_TIMEOUT} if it gave none. A retry that would come later is
   * not made: an answer that is there is better than none.
   */
  default long nanosLeft() {
    return Call.NO_TIMEOUT;
  }
}
