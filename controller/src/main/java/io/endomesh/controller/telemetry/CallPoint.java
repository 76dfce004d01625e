package io.endomesh.controller.telemetry;

import io.endomesh.controller.ca.WorkloadIdentity;
import org.jspecify.annotations.Nullable;

/**
 * What one workload reports of one kind of its calls. Immutable.
 *
 * @param side at which end of the calls the reporter is
 * @param peer the other end: id of a graph node
 * @param cluster chosen by the route, null at the server's side
 * @param first whether they are the first attempts of their calls; a server cannot know, and sees
 *     each attempt as a request
 * @param sent false if the mesh at the client answered itself
 * @param error whether their calls ended so, not only the attempts
 * @param policy that refused the calls, null if none did
 * @param dryRun policy that would have refused them, null if none would
 * @param audit policy whose owner wants to know of them, null if there is none
 * @param series tells this from every other kind of calls of the same process
 */
record CallPoint(
    WorkloadIdentity reporter,
    String instance,
    Side side,
    String protocol,
    String peer,
    @Nullable String cluster,
    boolean secure,
    boolean first,
    boolean sent,
    boolean error,
    @Nullable String policy,
    @Nullable String dryRun,
    @Nullable String audit,
    String series,
    boolean cumulative,
    HistogramPoint histogram,
    Reported reported) {

  enum Side {
    CLIENT,
    SERVER
  }

  Rollup.Kind kind() {
    return new Rollup.Kind(first, sent, error, policy != null, secure);
  }
}
