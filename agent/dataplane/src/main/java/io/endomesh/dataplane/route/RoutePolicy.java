package io.endomesh.dataplane.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules that calls of a route obey on their way, wherever they go. Immutable.
 *
 * @param timeoutNanos for the whole call with all its attempts; 0 is none
 * @param attemptTimeoutNanos for each attempt; 0 is none
 * @param requestHeaders changed on what is sent
 * @param responseHeaders changed on what the application gets
 * @param fault null is none
 * @param hashPolicies for clusters that balance by hash
 * @param persistence null is none
 * @param cors null tells browsers nothing
 */
public record RoutePolicy(
    long timeoutNanos,
    long attemptTimeoutNanos,
    RetryPolicy retry,
    HeaderChanges requestHeaders,
    HeaderChanges responseHeaders,
    @Nullable Fault fault,
    List<HashPolicy> hashPolicies,
    @Nullable SessionPersistence persistence,
    @Nullable Cors cors) {

  /** Changes nothing; repeats what never left. */
  public static final RoutePolicy DEFAULT =
      new RoutePolicy(
          0,
          0,
          RetryPolicy.SAFE,
          HeaderChanges.NONE,
          HeaderChanges.NONE,
          null,
          List.of(),
          null,
          null);

  public RoutePolicy {
    hashPolicies = List.copyOf(hashPolicies);
  }

  /** The default with other timeouts and retries. */
  public static RoutePolicy of(long timeoutNanos, long attemptTimeoutNanos, RetryPolicy retry) {
    return new RoutePolicy(
        timeoutNanos,
        attemptTimeoutNanos,
        retry,
        HeaderChanges.NONE,
        HeaderChanges.NONE,
        null,
        List.of(),
        null,
        null);
  }

  public RoutePolicy withFault(@Nullable Fault fault) {
    return new RoutePolicy(
        timeoutNanos,
        attemptTimeoutNanos,
        retry,
        requestHeaders,
        responseHeaders,
        fault,
        hashPolicies,
        persistence,
        cors);
  }

  public RoutePolicy withHeaders(HeaderChanges request, HeaderChanges response) {
    return new RoutePolicy(
        timeoutNanos,
        attemptTimeoutNanos,
        retry,
        request,
        response,
        fault,
        hashPolicies,
        persistence,
        cors);
  }

  public RoutePolicy withStickiness(
      List<HashPolicy> hashPolicies, @Nullable SessionPersistence persistence) {
    return new RoutePolicy(
        timeoutNanos,
        attemptTimeoutNanos,
        retry,
        requestHeaders,
        responseHeaders,
        fault,
        hashPolicies,
        persistence,
        cors);
  }

  public RoutePolicy withCors(@Nullable Cors cors) {
    return new RoutePolicy(
        timeoutNanos,
        attemptTimeoutNanos,
        retry,
        requestHeaders,
        responseHeaders,
        fault,
        hashPolicies,
        persistence,
        cors);
  }
}
