package io.endomesh.dataplane.limit;

import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a call that is over a limit, in the words of each protocol: Retry-After (RFC 9110,
 * 10.2.3) with Envoy's {@code x-ratelimit-*} (draft-polli-ratelimit-headers-03), or gRPC's pushback
 * (gRFC A6). Stateless.
 */
final class OverLimit {

  private OverLimit() {}

  /**
   * @param rate as messages say it
   * @param requests for {@code x-ratelimit-limit}; 0 if not known
   * @param waitNanos until a call is let through; 0 if not known
   */
  static Reply refusal(
      Request request,
      @Nullable String caller,
      String policy,
      String limit,
      String rate,
      int requests,
      long waitNanos) {
    String message =
        (caller == null ? "a caller without identity" : caller)
            + " is over the limit "
            + limit
            + " of "
            + policy
            + " ("
            + rate
            + "): "
            + request.method()
            + " "
            + request.path();
    return Reply.tooMany(
        message,
        policy,
        request.protocol() == Protocol.GRPC ? pushback(waitNanos) : headers(requests, waitNanos));
  }

  private static List<Reply.Header> pushback(long waitNanos) {
    return waitNanos == 0
        ? List.of()
        : List.of(
            new Reply.Header(
                "grpc-retry-pushback-ms", Long.toString(ceil(waitNanos, TimeUnit.MILLISECONDS))));
  }

  private static List<Reply.Header> headers(int requests, long waitNanos) {
    List<Reply.Header> headers = new ArrayList<>();
    String seconds = Long.toString(ceil(waitNanos, TimeUnit.SECONDS));
    if (waitNanos > 0) {
      headers.add(new Reply.Header("retry-after", seconds));
    }
    if (requests > 0) {
      headers.add(new Reply.Header("x-ratelimit-limit", Integer.toString(requests)));
    }
    headers.add(new Reply.Header("x-ratelimit-remaining", "0"));
    if (waitNanos > 0) {
      headers.add(new Reply.Header("x-ratelimit-reset", seconds));
    }
    return headers;
  }

  /** Rounded up: whoever comes back on time must not be refused again. */
  private static long ceil(long nanos, TimeUnit unit) {
    long one = unit.toNanos(1);
    return nanos / one + (nanos % one == 0 ? 0 : 1);
  }
}
