package io.endomesh.dataplane;

import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.ClusterLoad;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.dataplane.route.Mirror;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One outgoing call, from the application's request to the result it gets, over all attempts. Not
 * thread-safe: one attempt at a time, each handed from thread to thread safely by the library. Only
 * of a hedged call several attempts are under way at once, which decide under the lock of its
 * {@link Race}.
 *
 * <p>{@link OutboundPipeline} fills in the fields below, stage by stage; {@link #next} is the only
 * way to move on.
 */
public final class Call {

  /** Nanoseconds meaning "no limit". */
  public static final long NO_TIMEOUT = Long.MAX_VALUE;

  final Mesh mesh;
  final Snapshot snapshot;
  final VirtualHost host;
  final OutboundRequest request;
  final long startNanos;
  final CallContext context;

  /** True once something was decided: it can no longer be made as if the mesh were not there. */
  private boolean begun;

  /** The stage that is next, of those that are gone through once a call. */
  int stage;

  // Set by the stages.
  @Nullable Route route;
  RouteAction.@Nullable Forward forward;
  WeightedClusters.@Nullable Target target;
  @Nullable Endpoint endpoint;
  @Nullable ClientTls tls;
  Breaker.Permit permit = Breaker.Permit.FREE;

  /** Of the database that a connection is opened to, for all attempts together. */
  Breaker.Permit opening = Breaker.Permit.FREE;

  /** Time for the whole call, from its start; what it was delayed on purpose comes on top. */
  long deadlineNanos = NO_TIMEOUT;

  long delayedNanos;
  long attemptTimeoutNanos = NO_TIMEOUT;

  /** When the endpoint of the latest attempt was picked. */
  long pickedNanos;

  /** Null unless attempts of this call may be under way at the same time. */
  @Nullable Race race;

  /** What is called lets no call of this workload in. */
  boolean refused;

  /** Attempts begun so far. */
  int attempts;

  /** Where this call is waiting to retry, null if it is not. */
  private @Nullable ClusterLoad awaited;

  /** The observer's own, see {@link #trace()}. */
  @Nullable Object trace;

  /** Endpoints tried so far, so that a retry prefers another; grows by one each attempt. */
  Endpoint[] tried = NONE_TRIED;

  private static final Endpoint[] NONE_TRIED = {};

  Call(
      Mesh mesh,
      Snapshot snapshot,
      VirtualHost host,
      OutboundRequest request,
      long startNanos,
      CallContext context) {
    this.mesh = mesh;
    this.snapshot = snapshot;
    this.host = host;
    this.request = request;
    this.startNanos = startNanos;
    this.context = context;
  }

  /**
   * The next thing to do: an attempt to make, or a reply to give to the application. Called first
   * at the start, and again after an attempt asked for a retry and its delay has passed.
   *
   * @throws RuntimeException at the start only, if the mesh itself fails: the library makes the
   *     call as if the mesh were not there
   */
  public Decision next() {
    stopWaiting();
    Decision decision;
    try {
      decision = mesh.outbound().next(this);
    } catch (RuntimeException own) {
      if (!begun) {
        throw own;
      }
      mesh.failed(own);
      decision = Reply.unavailable("the mesh failed to decide on another attempt", BY_FAILURE);
    }
    begun = true;
    return decision;
  }

  /** Who decided where nothing could be. */
  private static final String BY_FAILURE = "failure";

  /**
   * The call goes no further although an attempt asked for a retry: the application gave it up
   * while it waited. Nothing else needs to be told; harmless at any other time.
   */
  public void abandoned() {
    stopWaiting();
  }

  /**
   * A connection to a database was opened, or could not be: its breaker counts that.
   *
   * @param failure why there is none, if it tells that the database is in trouble; null if there is
   *     one, or the database had a reason of its own not to give one
   */
  public void opened(@Nullable Throwable failure) {
    long now = mesh.nanoTime();
    opening.outcome(
        new Outcome(failure == null ? OPENED : 0, Outcome.NOT_GRPC, failure, now - startNanos),
        now);
    opening = Breaker.Permit.FREE;
  }

  /** A connection has no status; it counts as a success. */
  private static final int OPENED = 200;

  /** Whether a connection could be opened was not found out. Harmless after {@link #opened}. */
  public void notOpened() {
    opening.unused();
    opening = Breaker.Permit.FREE;
  }

  /** Counts as a retry from now on, not only when its back-off has passed (Envoy). */
  void awaitRetry(ClusterLoad load) {
    load.await();
    awaited = load;
  }

  private void stopWaiting() {
    ClusterLoad load = awaited;
    if (load != null) {
      awaited = null;
      load.awaited();
    }
  }

  public OutboundRequest request() {
    return request;
  }

  /** Who calls, and on whose behalf: the context that was current when the call began. */
  public CallContext context() {
    return context;
  }

  /** What the {@link CallObserver} remembers from one attempt to the next, opaque here. */
  public @Nullable Object trace() {
    return trace;
  }

  /** Remembered until the call ends; set by the {@link CallObserver} only. */
  public void trace(@Nullable Object trace) {
    this.trace = trace;
  }

  /** Name of the service that was asked for, {@code orders.default}. */
  public String service() {
    return host.name();
  }

  /** Null until the first {@link #next}, and if no route matched. */
  public @Nullable Route route() {
    return route;
  }

  /** Since the application made it. */
  public long elapsedNanos() {
    return mesh.nanoTime() - startNanos;
  }

  /** Attempts begun so far. */
  public int attempts() {
    return attempts;
  }

  /**
   * Copies of the request to be sent along with the first attempt, whose answers nobody waits for.
   * Empty if the body cannot be sent twice.
   */
  public List<Attempt> mirrors() {
    List<Mirror> wanted = forward == null ? List.of() : forward.mirrors();
    if (wanted.isEmpty() || attempts != 1 || !request.replayable()) {
      return List.of();
    }
    List<Attempt> copies = new ArrayList<>(wanted.size());
    try {
      for (Mirror mirror : wanted) {
        Attempt copy = mirror.share().drawn() ? mesh.outbound().copy(this, mirror.cluster()) : null;
        if (copy != null) {
          copies.add(copy);
        }
      }
    } catch (RuntimeException own) {
      mesh.failed(own);
    }
    return copies;
  }

  /** Time left for the whole call, {@link #NO_TIMEOUT} if it has none; never negative. */
  public long nanosLeft() {
    return deadlineNanos == NO_TIMEOUT
        ? NO_TIMEOUT
        : Math.max(0, deadlineNanos + delayedNanos - (mesh.nanoTime() - startNanos));
  }
}
