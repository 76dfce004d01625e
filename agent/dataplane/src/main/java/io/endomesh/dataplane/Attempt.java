package io.endomesh.dataplane;

import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.identity.ClientTls;
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

  private final Call call;
  private final Cluster cluster;
  private final Endpoint endpoint;
  private final @Nullable ClientTls tls;
  private final long timeoutNanos;
  private final int number;
  private final long startNanos;
  private @Nullable Object observed;
  private boolean ended;
  private boolean retried;

  Attempt(Call call) {
    this.call = call;
    this.cluster = Objects.requireNonNull(call.cluster);
    this.endpoint = Objects.requireNonNull(call.endpoint);
    this.tls = call.tls;
    this.timeoutNanos = call.attemptTimeoutNanos;
    this.number = call.attempts;
    this.startNanos = call.mesh.nanoTime();
    endpoint.load().begin();
    cluster.budget().begin(number > 1);
    this.observed = call.mesh.observer().attemptStarted(this);
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

  /** 1 for the first. */
  public int number() {
    return number;
  }

  /**
   * True once it has ended and the call goes on after it: its outcome is not the call's. The next
   * is another attempt or, if there is no time or endpoint for one, the mesh's own answer.
   */
  public boolean retried() {
    return retried;
  }

  /**
   * A response head arrived (HTTP), or the call was closed by the peer (gRPC).
   *
   * @param grpcStatus {@link Outcome#NOT_GRPC} if this was not gRPC
   * @return {@link #DELIVER}, or nanoseconds to wait before {@link Call#next}
   */
  public long responded(int status, int grpcStatus) {
    return end(new Outcome(status, grpcStatus, null, elapsedNanos()), /* sent= */ true);
  }

  /**
   * The attempt failed without a response.
   *
   * @param sent false only if it is certain that no byte of the request left: then a retry is safe
   *     for every method
   * @return {@link #DELIVER}, or nanoseconds to wait before {@link Call#next}
   */
  public long failed(Throwable error, boolean sent) {
    return end(new Outcome(0, Outcome.NOT_GRPC, error, elapsedNanos()), sent);
  }

  /** The application gave the call up; nothing is held against the endpoint. */
  public void abandoned(@Nullable Throwable cause) {
    Outcome outcome = new Outcome(0, Outcome.NOT_GRPC, cause, elapsedNanos());
    if (release()) {
      observe(outcome);
    }
  }

  private long end(Outcome outcome, boolean sent) {
    if (!release()) {
      return DELIVER;
    }
    endpoint.load().outcome(outcome, sent, call.mesh.nanoTime());
    long next = call.mesh.outbound().afterAttempt(call, this, outcome, sent);
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
    cluster.budget().end(number > 1);
    return true;
  }

  private void observe(Outcome outcome) {
    call.mesh.observer().attemptEnded(this, observed, outcome);
    observed = null;
  }

  private long elapsedNanos() {
    return call.mesh.nanoTime() - startNanos;
  }
}
