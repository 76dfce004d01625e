package io.endomesh.dataplane;

import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Hedging;
import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.dataplane.route.Cors;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.SessionPersistence;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.dataplane.trail.Trail;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One try of a call at one endpoint. The library does its own I/O to {@link #endpoint}, with {@link
 * #tls} if there is one, and then says how it went, exactly once: {@link #responded}, {@link
 * #failed} or {@link #abandoned}. Not thread-safe.
 */
public final class Attempt implements Decision {

  /** The result goes to the application. */
  public static final long DELIVER = -1;

  /**
   * The result goes to nobody: the call is left to others of its attempts, which are under way or
   * have won. Said of hedged calls only.
   */
  public static final long OTHERS = -2;

  /** No other attempt is to be sent beside this one. */
  public static final long NEVER = Call.NO_TIMEOUT;

  /** Number of an attempt that is none of the call's: a copy whose answer nobody waits for. */
  private static final int COPY = 0;

  private final Call call;
  private final Cluster cluster;
  private final Endpoint endpoint;
  private final @Nullable ClientTls tls;
  private final Breaker.Permit permit;
  private final long timeoutNanos;
  private final int number;
  private final long startNanos;

  /** Null if no other attempt can be under way beside this one. */
  private final @Nullable Race race;

  /** The side of the split this went to; null for a copy. */
  private final WeightedClusters.@Nullable Target target;

  // Found out before another attempt changes the request.
  private final HeaderChanges cors;
  private final boolean beginsSession;

  private @Nullable Object observed;
  private boolean ended;
  private boolean retried;
  private boolean superseded;

  Attempt(Call call) {
    this.call = call;
    this.target = Objects.requireNonNull(call.target);
    this.cluster = target.cluster();
    this.endpoint = Objects.requireNonNull(call.endpoint);
    this.tls = call.tls;
    this.permit = call.permit;
    this.timeoutNanos = call.attemptTimeoutNanos;
    this.number = call.attempts;
    this.startNanos = call.mesh.nanoTime();
    this.race = call.race;
    this.cors = corsChanges();
    this.beginsSession = isOutsideItsSession();
    begin();
    this.observed = call.mesh.observer().attemptStarted(this);
  }

  /** A copy for a mirror: counted in the load of its endpoint, and nowhere else. */
  Attempt(
      Call call, Cluster cluster, Endpoint endpoint, @Nullable ClientTls tls, long timeoutNanos) {
    this.call = call;
    this.target = null;
    this.cluster = cluster;
    this.endpoint = endpoint;
    this.tls = tls;
    this.permit = Breaker.Permit.FREE;
    this.timeoutNanos = timeoutNanos;
    this.number = COPY;
    this.startNanos = call.mesh.nanoTime();
    this.race = null;
    this.cors = HeaderChanges.NONE;
    this.beginsSession = false;
    begin();
    this.observed = null;
  }

  private void begin() {
    endpoint.load().begin();
    if (isCopy()) {
      cluster.load().beginCopy();
    } else {
      cluster.load().begin(number > 1);
    }
    if (race != null) {
      race.began(this);
    }
  }

  public Call call() {
    return call;
  }

  public Cluster cluster() {
    return cluster;
  }

  /** Where to connect to. The library's own URL, Host header and cookies stay as they are. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /**
   * TLS to use on this connection, null for plaintext. Connections of different {@code ClientTls}
   * objects must never be shared: each belongs to one expected identity and one certificate.
   */
  public @Nullable ClientTls tls() {
    return tls;
  }

  /** Time for this attempt, never more than what is left of the call; {@link Call#NO_TIMEOUT}. */
  public long timeoutNanos() {
    return timeoutNanos;
  }

  /** 1 for the first; 0 for a copy that a mirror gets. */
  public int number() {
    return number;
  }

  /** True if this is a copy that a mirror gets: nothing of it may reach the application. */
  public boolean isCopy() {
    return number == COPY;
  }

  /** True if {@link #changeResponse} would do anything. */
  public boolean changesResponse() {
    return target != null
        && (!target.responseHeaders().isEmpty()
            || !policyResponseHeaders().isEmpty()
            || !cors.isEmpty()
            || beginsSession
            || call.context.trail() != null);
  }

  /** Changes the headers of the response before the application gets it, as the route says. */
  public void changeResponse(Headers response) {
    if (target == null) {
      return;
    }
    try {
      readTrail(response);
      target.responseHeaders().apply(response);
      policyResponseHeaders().apply(response);
      cors.apply(response);
      if (beginsSession) {
        Objects.requireNonNull(persistence()).begin(endpoint.session(), response);
      }
    } catch (RuntimeException own) {
      call.mesh.failed(own);
    }
  }

  /** Takes out what the callee tells of the call, where somebody asked; also from trailers. */
  public void readTrail(Headers response) {
    Trail trail = call.context.trail();
    if (trail != null) {
      trail.answered(this, response);
    }
  }

  private HeaderChanges policyResponseHeaders() {
    return Objects.requireNonNull(call.route).policy().responseHeaders();
  }

  private HeaderChanges corsChanges() {
    Cors rules = Objects.requireNonNull(call.route).policy().cors();
    return rules == null ? HeaderChanges.NONE : rules.changes(call.request());
  }

  private @Nullable SessionPersistence persistence() {
    return Objects.requireNonNull(call.route).policy().persistence();
  }

  private boolean isOutsideItsSession() {
    SessionPersistence persistence = persistence();
    return persistence != null && !endpoint.session().equals(persistence.session(call.request()));
  }

  /**
   * True once it has ended and the call goes on without it: its outcome is not the call's. The next
   * is another attempt or, if there is no time or endpoint for one, the mesh's own answer.
   */
  public boolean retried() {
    return retried;
  }

  /** True once it was broken off, or came too late, because another had answered the call. */
  public boolean superseded() {
    return superseded;
  }

  /** True if others may be under way beside this one. */
  public boolean isHedged() {
    return race != null;
  }

  /**
   * Nanoseconds from now without an answer after which {@link #hedge} is to be asked; {@link
   * #NEVER} for calls that are sent once.
   */
  public long hedgeAfterNanos() {
    Hedging hedging = race == null ? null : cluster.policy().hedging();
    return hedging != null && Objects.requireNonNull(race).mayHedge(hedging)
        ? hedging.afterNanos()
        : NEVER;
  }

  /**
   * This attempt has not answered in time: another one to make beside it, if there is to be one.
   * May be called from any thread, while this attempt ends. What it writes into the request is to
   * be sent before anything else is asked of the call.
   *
   * @return null to go on waiting, for good
   */
  public @Nullable Attempt hedge() {
    if (race == null) {
      return null;
    }
    try {
      return call.mesh.outbound().hedge(call, this, race);
    } catch (RuntimeException own) {
      call.mesh.failed(own);
      return null;
    }
  }

  /**
   * The application is about to get a first part of the answer, before the attempt has ended.
   *
   * @return false if it gets another's: nothing of this one is to be handed on
   */
  public boolean claim() {
    return race == null || race.claim(this);
  }

  /**
   * A response head arrived (HTTP), or the call was closed by the peer (gRPC).
   *
   * @param grpcStatus {@link Outcome#NOT_GRPC} if this was not gRPC
   * @return {@link #DELIVER}, {@link #OTHERS}, or nanoseconds to wait before {@link Call#next}
   */
  public long responded(int status, int grpcStatus) {
    return responded(status, grpcStatus, null);
  }

  /**
   * As {@link #responded(int, int)}, with what the server says of when to come back.
   *
   * @param retryAfter value of the Retry-After header (RFC 9110, 10.2.3), or null
   */
  public long responded(int status, int grpcStatus, @Nullable String retryAfter) {
    return responded(status, grpcStatus, retryAfter, /* overloaded= */ false);
  }

  /**
   * As {@link #responded(int, int, String)}, with what the server says of asking again.
   *
   * @param overloaded true if the answer has {@link RetryScope#OVERLOADED_HEADER}
   */
  public long responded(
      int status, int grpcStatus, @Nullable String retryAfter, boolean overloaded) {
    return end(
        status,
        grpcStatus,
        null,
        /* sent= */ true,
        retryAfter,
        overloaded ? RetryPushback.NEVER : RetryPushback.NONE);
  }

  /**
   * A gRPC call was closed by the peer, or broke off.
   *
   * @param status 0 if nothing was answered
   * @param pushback value of the trailer {@code grpc-retry-pushback-ms} (gRFC A6), or null
   */
  public long closed(int status, int grpcStatus, @Nullable String pushback) {
    return end(status, grpcStatus, null, /* sent= */ true, null, RetryPushback.nanos(pushback));
  }

  /** A connection was made or answered by the server, where that is all there is to it: TCP. */
  public void connected() {
    end(CONNECTED, Outcome.NOT_GRPC, null, /* sent= */ true, null, RetryPushback.NONE);
  }

  /** A connection has no status; it counts as a success. */
  private static final int CONNECTED = 200;

  /**
   * The attempt failed without a response.
   *
   * @param sent false only if it is certain that no byte of the request left: then a retry is safe
   *     for every method
   * @return {@link #DELIVER}, {@link #OTHERS}, or nanoseconds to wait before {@link Call#next}
   */
  public long failed(Throwable error, boolean sent) {
    return end(0, Outcome.NOT_GRPC, error, sent, null, RetryPushback.NONE);
  }

  /**
   * The application gave the call up, or another attempt answered it; nothing is held against the
   * endpoint.
   */
  public void abandoned(@Nullable Throwable cause) {
    if (!release()) {
      return;
    }
    try {
      Outcome outcome = new Outcome(0, Outcome.NOT_GRPC, cause, elapsedNanos());
      if (claim()) {
        leave();
        permit.unused();
        observe(outcome);
      } else {
        lose(outcome);
      }
    } catch (RuntimeException own) {
      call.mesh.failed(own);
    }
  }

  private void lose(Outcome outcome) {
    leave();
    superseded = true;
    retried = true;
    permit.unused();
    endpoint.load().tookLongerThan(outcome.durationNanos(), call.mesh.nanoTime());
    observe(outcome);
  }

  private void leave() {
    if (race != null) {
      race.ended();
    }
  }

  /** What the library has is the application's if we fail: it is not asked for again. */
  private long end(
      int status,
      int grpcStatus,
      @Nullable Throwable error,
      boolean sent,
      @Nullable String retryAfter,
      long pushbackNanos) {
    if (!release()) {
      return DELIVER;
    }
    try {
      Outcome outcome = new Outcome(status, grpcStatus, error, elapsedNanos());
      return decide(outcome, sent, restNanos(status, retryAfter), pushbackNanos);
    } catch (RuntimeException own) {
      call.mesh.failed(own);
      return claim() ? DELIVER : OTHERS;
    }
  }

  private long restNanos(int status, @Nullable String retryAfter) {
    return retryAfter != null && (status == 429 || status == 503)
        ? RetryAfter.nanos(retryAfter, call.mesh.clock().instant())
        : 0;
  }

  private long decide(Outcome outcome, boolean sent, long restNanos, long pushbackNanos) {
    if (race != null && race.isLost(this)) {
      lose(outcome);
      return OTHERS;
    }
    long now = call.mesh.nanoTime();
    cluster.outcome(endpoint, outcome, sent, now);
    permit.outcome(outcome, now);
    if (restNanos > 0) {
      endpoint.load().rest(restNanos, now);
    }
    long next =
        isCopy()
            ? DELIVER
            : call.mesh
                .outbound()
                .afterAttempt(call, this, outcome, sent, restNanos, pushbackNanos);
    // Observed after the decision, so that telemetry can tell calls from attempts.
    retried = next != DELIVER;
    observe(outcome);
    return next;
  }

  private boolean release() {
    if (ended) {
      return false;
    }
    ended = true;
    endpoint.load().end();
    if (isCopy()) {
      cluster.load().endCopy();
    } else {
      cluster.load().end(number > 1);
    }
    return true;
  }

  private void observe(Outcome outcome) {
    if (!isCopy()) {
      call.mesh.observer().attemptEnded(this, observed, outcome);
      observed = null;
      Trail trail = call.context.trail();
      if (trail != null) {
        trail.attempted(this, outcome);
      }
    }
  }

  private long elapsedNanos() {
    return call.mesh.nanoTime() - startNanos;
  }
}
