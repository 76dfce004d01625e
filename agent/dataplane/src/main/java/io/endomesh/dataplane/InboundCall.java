package io.endomesh.dataplane;

import io.endomesh.dataplane.authorize.Observation;
import io.endomesh.dataplane.external.ExternalAuthorization;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.token.AuthenticatedRequest;
import io.endomesh.dataplane.trail.Trail;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call that arrived at a server of this workload. The instrumentation asks {@link #refusal}; if
 * there is none it runs the application under {@link #context} and says how it ended, exactly once.
 * Not thread-safe.
 */
public final class InboundCall {

  /** RFC 9110, 15.6. */
  private static final int FIRST_SERVER_ERROR = 500;

  private final Mesh mesh;

  /** Whose policies count; another than {@link #mesh} once it was rerouted there. */
  private volatile Mesh decides;

  private final InboundRequest request;
  private final @Nullable String caller;
  private final @Nullable Trail trail;
  private final @Nullable Overload overload;
  private final int allowance;
  private final long startNanos;
  private CallContext context;
  private HeaderChanges responseHeaders;
  private @Nullable Reply decided;
  private @Nullable Reply refusal;
  private @Nullable Observation observation;
  private boolean endsConnection;
  private final boolean isLastOfConnection;

  /** False of a call whose beginning nobody was told. */
  private final boolean isObserved;

  /** Volatile for {@link #lasts}: of two threads one sees what the other did. */
  private volatile boolean ended;

  /** What ends it early; null unless it may last. */
  private volatile @Nullable Consumer<Reply> breaksOff;

  /**
   * @param observation what policies say that only look on
   * @param responseHeaders changed on what the application answers
   * @param overload that has let it run and is to be told when it ends; null if there is none
   * @param waitsNanos how long the caller waits for the answer, {@link Call#NO_TIMEOUT} if it does
   *     not say
   */
  InboundCall(
      Mesh mesh,
      InboundRequest request,
      @Nullable String caller,
      @Nullable Refusal refusal,
      @Nullable Observation observation,
      HeaderChanges responseHeaders,
      @Nullable Overload overload,
      long waitsNanos) {
    this.mesh = mesh;
    this.decides = mesh;
    this.request = request;
    this.caller = caller;
    this.trail = mesh.trail(request);
    this.endsConnection = refusal != null && refusal.stage() == Refusal.Stage.CONNECTION;
    this.decided = refusal == null ? null : refusal.reply();
    this.observation = observation;
    this.responseHeaders = responseHeaders;
    this.overload = overload;
    this.allowance = overload == null ? 0 : overload.allowance(request, caller);
    this.startNanos = mesh.nanoTime();
    this.isLastOfConnection = refusal == null && mesh.isLastOfConnection(request, startNanos);
    CallContext observed =
        mesh.observer()
            .served(this)
            .with(RetryScope.of(request.header(RetryScope.ATTEMPT_HEADER)), trail, mesh);
    this.context =
        waitsNanos == Call.NO_TIMEOUT ? observed : observed.within(startNanos + waitsNanos);
    this.refusal = refusal == null ? null : told(refusal);
    this.isObserved = true;
    mesh.serves();
  }

  /** Of which only this is known, because the mesh failed: nobody observes it. */
  InboundCall(
      Mesh mesh, InboundRequest request, @Nullable String caller, @Nullable Refusal refusal) {
    this.mesh = mesh;
    this.decides = mesh;
    this.request = request;
    this.caller = caller;
    this.trail = null;
    this.endsConnection = refusal != null && refusal.stage() == Refusal.Stage.CONNECTION;
    this.decided = refusal == null ? null : refusal.reply();
    this.observation = null;
    this.responseHeaders = HeaderChanges.NONE;
    this.overload = null;
    this.allowance = 0;
    this.startNanos = 0;
    this.isLastOfConnection = false;
    this.context = CallContext.EMPTY.with(RetryScope.of(null), null, mesh);
    this.refusal = refusal == null ? null : told(refusal);
    this.isObserved = false;
    mesh.serves();
  }

  /** As the server's instrumentation made it. */
  public InboundRequest request() {
    return request instanceof AuthenticatedRequest asked ? asked.request() : request;
  }

  /** SPIFFE id the caller proved, null on plaintext. */
  public @Nullable String caller() {
    return caller;
  }

  /**
   * What to answer instead of running the application, or null to run it. It holds what the caller
   * may know: who decided, and why, is {@link #decided}.
   */
  public @Nullable Reply refusal() {
    return refusal;
  }

  /** True if the connection is to be closed behind the {@link #refusal}. */
  public boolean endsConnection() {
    return endsConnection;
  }

  /**
   * True if the application's answer is to be the last on this connection, and to say so: it began
   * with a certificate of ours that was renewed long ago. What else runs on it, as streams of
   * HTTP/2, goes on to its end.
   */
  public boolean isLastOfConnection() {
    return isLastOfConnection;
  }

  /** The whole of {@link #refusal}, for the operator's eyes only; null if the application runs. */
  public @Nullable Reply decided() {
    return decided;
  }

  /** What policies say that only look on, for the operator; null if they say nothing. */
  public @Nullable Observation observation() {
    return observation;
  }

  /** True if {@link #changeResponse} may do anything. */
  public boolean changesResponse() {
    return refusal == null && (!responseHeaders.isEmpty() || mustNotBeRepeated() || trail != null);
  }

  /**
   * True if an answer that fails is to say that asking again is no use: calls on behalf of this one
   * were retried already.
   */
  public boolean mustNotBeRepeated() {
    return context.retries().isSpent();
  }

  /**
   * Changes the headers of what the application answers, once, before the first byte is sent.
   *
   * @param status of the answer
   */
  public void changeResponse(int status, Headers response) {
    if (changesResponse()) {
      responseHeaders.apply(response);
      responseHeaders = HeaderChanges.NONE;
      if (status >= FIRST_SERVER_ERROR && mustNotBeRepeated()) {
        response.setHeader(RetryScope.OVERLOADED_HEADER, "true");
      }
      if (trail != null) {
        response.setHeader(Trail.HEADER, trail.served(this, status, Outcome.NOT_GRPC));
      }
    }
  }

  /**
   * What was done on behalf of a gRPC call, for its trailers; null unless somebody who may asks. A
   * refusal has it among its headers.
   *
   * @param grpcStatus that the application closes the call with
   */
  public @Nullable String trail(int grpcStatus) {
    return trail == null || refusal != null ? null : trail.served(this, 0, grpcStatus);
  }

  /** Whoever asks for the trail and may is told all of it. */
  private Reply told(Refusal refused) {
    Identity own = decides.identity();
    Reply told =
        refused.told(caller, own == null ? null : own.spiffeId(), mesh.observer().traceId(context));
    return trail == null
        ? told
        : told.with(HeaderChanges.setting(Trail.HEADER, trail.refused(this, refused.reply())));
  }

  /**
   * The server found another path for the request, by a rewrite of its own: whether the caller may
   * is decided anew, by whoever decides about that, by the path that {@link #request} shows now.
   * What was refused stays refused, and limits have counted it once.
   *
   * @return as {@link #refusal}
   */
  public @Nullable Reply rerouted() {
    return rerouted(decides);
  }

  /**
   * The same where the server has several workloads.
   *
   * @param to the one that the request is for now
   */
  public @Nullable Reply rerouted(Mesh to) {
    if (refusal == null) {
      Inbound.Port port = to.snapshot().inbound().port(request.localPort());
      Refusal forbidden =
          to == decides
              ? InboundPipeline.authorize(to, port, request, caller)
              : InboundPipeline.askAgain(to, port, request, caller);
      ExternalAuthorization.Result asked =
          forbidden == null ? InboundPipeline.ask(to, port, request, caller) : null;
      if (asked != null) {
        forbidden = InboundPipeline.refusal(asked);
        responseHeaders = responseHeaders.then(asked.response());
      }
      observation =
          Observation.with(
              InboundPipeline.observe(port, request, caller, forbidden),
              asked == null ? null : asked.unansweredBy());
      if (to != decides) {
        decides = to;
        context = context.of(to);
      }
      if (forbidden != null) {
        decided = forbidden.reply();
        endsConnection = forbidden.stage() == Refusal.Stage.CONNECTION;
        refusal = told(forbidden.with(responseHeaders));
      }
    }
    return refusal;
  }

  /**
   * The call may last, as a stream: policies that come while it runs are asked about it, too.
   *
   * @param breakOff ends it with what the caller is told, on any thread, at once or never
   */
  public void lasts(Consumer<Reply> breakOff) {
    breaksOff = breakOff;
    decides.lasting().add(this);
    if (ended) {
      decides.lasting().remove(this);
    } else {
      // A policy may have come since it was decided.
      askAgain();
    }
  }

  void askAgain() {
    Consumer<Reply> end = breaksOff;
    Inbound.Port port = decides.snapshot().inbound().port(request.localPort());
    Refusal refused = InboundPipeline.askAgain(decides, port, request, caller);
    if (refused != null && end != null && decides.lasting().remove(this)) {
      decided = refused.reply();
      end.accept(told(refused));
    }
  }

  /** To be current while the application handles this call, on whatever thread. */
  public CallContext context() {
    return context;
  }

  /**
   * The application answered, failed, or the refusal was sent.
   *
   * @param grpcStatus {@link Outcome#NOT_GRPC} if this was not gRPC
   */
  public void ended(int status, int grpcStatus, @Nullable Throwable error) {
    if (ended) {
      return;
    }
    ended = true;
    mesh.served();
    if (breaksOff != null) {
      decides.lasting().remove(this);
    }
    if (!isObserved) {
      return;
    }
    try {
      long now = mesh.nanoTime();
      if (overload != null) {
        overload.end(allowance, startNanos, now);
      }
      mesh.observer().servedEnded(this, new Outcome(status, grpcStatus, error, now - startNanos));
    } catch (RuntimeException own) {
      mesh.failed(own);
    }
  }
}
