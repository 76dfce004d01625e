package io.endomesh.dataplane.access;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Which calls are told. Immutable. What is empty or zero leaves everything in; texts may have
 * {@code *} for anything.
 *
 * @param side {@code server} or {@code client}
 * @param caller SPIFFE id, or the service's name alone
 * @param errors only those that failed
 * @param share of those that match; 0: all
 */
public record AccessFilter(
    String side,
    String route,
    String method,
    String path,
    int statusFrom,
    int statusTo,
    String caller,
    String destination,
    boolean errors,
    long slowerThanNanos,
    double share) {

  public static final AccessFilter ALL =
      new AccessFilter("", "", "", "", 0, 0, "", "", false, 0, 0);

  /** Of all calls this share. */
  public static AccessFilter sample(double share) {
    return new AccessFilter("", "", "", "", 0, 0, "", "", false, 0, share);
  }

  boolean matches(Ended call) {
    return (side.isEmpty() || side.equals(call.side()))
        && durationAndStatus(call)
        && Glob.matches(method, call.method())
        && Glob.matches(path, call.path())
        && Glob.matches(route, call.route())
        && Glob.matches(destination, call.destination())
        && caller(call.caller())
        && (share <= 0 || ThreadLocalRandom.current().nextDouble() < share);
  }

  private boolean durationAndStatus(Ended call) {
    int status = call.outcome().status();
    return call.outcome().durationNanos() >= slowerThanNanos
        && (statusFrom == 0 || status >= statusFrom && status <= statusTo)
        && (!errors || call.failed());
  }

  private boolean caller(String id) {
    return Glob.matches(caller, id) || Glob.matches(caller, id.substring(id.lastIndexOf('/') + 1));
  }
}
