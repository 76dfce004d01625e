package io.endomesh.instrumentation.grpc.core;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Decision;
import io.endomesh.dataplane.Pause;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.route.Route;
import io.endomesh.weaving.Weaving;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call of the application over all its attempts, each of which is a call of gRPC's own. A call
 * that sends one message is repeated as its route says, until the first part of an answer was
 * handed on; any call is repeated while no byte of it has left. A unary call that is hedged has
 * several attempts under way at once, of which the application hears one. Thread-safe as {@link
 * ClientCall} is: one thread at a time, and {@link #cancel} from any.
 */
final class MeshClientCall<Q, R> extends ClientCall<Q, R> {

  /**
   * Between looks for an endpoint on behalf of a call that waits for ready. Shorter than a person
   * notices; long enough to cost nothing.
   */
  private static final long WAIT_FOR_READY_NANOS = 100_000_000;

  private final Channel channel;
  private final MethodDescriptor<Q, R> method;
  private final CallOptions options;
  private final String authority;
  private final Context context = Context.current();

  /** Guards itself, {@link #waiting} and {@link #unanswered}. */
  private final UnderWay<Q, R> underWay = new UnderWay<>();

  /** The wait before the next attempt, null if there is none; ended early by a cancellation. */
  private @Nullable CompletableFuture<Void> waiting;

  /** The wait for an answer before the call is hedged, null if there is none. */
  private @Nullable CompletableFuture<Void> unanswered;

  // Set at the start.
  private @Nullable Listener<R> listener;
  private @Nullable GrpcRequest request;
  private @Nullable Call first;
  private @Nullable Call call;
  private boolean passesThrough;

  MeshClientCall(
      Channel channel, MethodDescriptor<Q, R> method, CallOptions options, String authority) {
    this.channel = channel;
    this.method = method;
    this.options = options;
    this.authority = authority;
  }

  @Override
  public void start(Listener<R> listener, Metadata headers) {
    this.listener = listener;
    boolean oneMessage = method.getType().clientSendsOneMessage();
    GrpcRequest started =
        new GrpcRequest(
            authority, method.getFullMethodName(), headers, oneMessage, this::nanosLeft);
    request = started;
    try {
      call = Weaving.mesh().call(started);
    } catch (RuntimeException own) {
      passThrough(own);
      return;
    }
    first = call;
    if (call == null) {
      // The host left the mesh this very moment.
      begin(method, options, headers, begun -> listener);
    } else {
      next();
    }
  }

  /** The channel knows no other way than by the mesh, so that it has to lead past itself. */
  private void passThrough(RuntimeException own) {
    passesThrough = true;
    GrpcRequest unchanged = Objects.requireNonNull(request);
    unchanged.restore();
    try {
      call = Weaving.mesh().passThrough(unchanged, own);
    } catch (RuntimeException again) {
      failedToDecide(again);
      return;
    }
    first = call;
    next();
  }

  private void next() {
    Decision decision;
    try {
      decision = Objects.requireNonNull(call).next();
    } catch (RuntimeException own) {
      // At the start of a call: nothing of it was sent.
      if (passesThrough) {
        failedToDecide(own);
      } else {
        passThrough(own);
      }
      return;
    }
    try {
      if (decision instanceof Reply reply) {
        replied(reply);
      } else if (decision instanceof Pause pause) {
        again(pause.nanos(), call);
      } else {
        attempt((Attempt) decision);
      }
    } catch (RuntimeException e) {
      // Nobody above would tell the application: this may run on a thread of the mesh.
      failedToDecide(e);
    }
  }

  private void failedToDecide(RuntimeException e) {
    end(
        Status.UNAVAILABLE.withDescription("the mesh failed to decide").withCause(e),
        MetadataText.trailers("mesh"));
  }

  private void attempt(Attempt attempt) {
    GrpcRequest sent = Objects.requireNonNull(request);
    if (call == first) {
      // Not those of a call that waits for ready: they have had their copy.
      attempt.call().mirrors().forEach(this::mirror);
    }
    Pick pick = Pick.of(attempt);
    begin(
        sent.sent(method),
        optionsOf(attempt, pick),
        sent.headers(),
        begun -> new AttemptListener(attempt, pick, begun));
    if (isUnary()) {
      awaitAnswer(attempt);
    }
  }

  private boolean isUnary() {
    return method.getType() == MethodDescriptor.MethodType.UNARY;
  }

  private void awaitAnswer(Attempt attempt) {
    long nanos = attempt.hedgeAfterNanos();
    if (nanos == Attempt.NEVER) {
      return;
    }
    CompletableFuture<Void> passed = new CompletableFuture<>();
    passed.thenRunAsync(() -> hedge(attempt));
    synchronized (underWay) {
      unanswered = passed;
    }
    passed.completeOnTimeout(null, nanos, NANOSECONDS);
  }

  /** Sends what was sent once more, to another endpoint, once it was all sent. */
  private void hedge(Attempt slow) {
    synchronized (underWay) {
      if (!underWay.isUnderWay() || givenUp() || !underWay.replayable()) {
        return;
      }
      if (!underWay.halfClosed()) {
        // The application is still writing it: no answer can be late yet.
        awaitAnswer(slow);
        return;
      }
      Attempt next = slow.hedge();
      if (next == null) {
        return;
      }
      ClientCall<Q, R> waited = underWay.putBeside();
      try {
        attempt(next);
      } catch (RuntimeException e) {
        // What an interceptor below throws at once. Those under way go on, if they still are.
        underWay.takeBack(waited);
        if (next.failed(e, /* sent= */ false) != Attempt.OTHERS) {
          failedToDecide(e);
        }
      }
    }
  }

  /** The call goes on with this attempt alone, or after it. */
  private void settle(ClientCall<Q, R> with) {
    List<ClientCall<Q, R>> others;
    synchronized (underWay) {
      if (unanswered != null) {
        unanswered.cancel(false);
        unanswered = null;
      }
      others = underWay.settle(with);
    }
    others.forEach(other -> other.cancel("another attempt of the call has answered", null));
  }

  private void mirror(Attempt copy) {
    GrpcRequest sent = Objects.requireNonNull(request);
    Metadata headers = new Metadata();
    headers.merge(sent.headers());
    underWay.mirror(channel, sent.sent(method), sent.sent(options), headers, copy);
  }

  private void replied(Reply reply) {
    if (reply.mayPass() && waitsForReady(WAIT_FOR_READY_NANOS)) {
      again(WAIT_FOR_READY_NANOS, Weaving.mesh().call(Objects.requireNonNull(request)));
    } else {
      end(MetadataText.status(reply), MetadataText.trailers(reply));
    }
  }

  private void again(long delayNanos, @Nullable Call with) {
    underWay.none();
    if (with == null) {
      end(
          Status.UNAVAILABLE.withDescription(authority + " left the mesh"),
          MetadataText.trailers("mesh"));
      return;
    }
    call = with;
    if (delayNanos == 0) {
      next();
    } else {
      await(delayNanos);
    }
  }

  /** No longer than the application waits itself, or until it gives the call up. */
  private void await(long delayNanos) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    Context.CancellationListener givenUp = cancelled -> over.complete(null);
    context.addListener(givenUp, Runnable::run);
    over.completeOnTimeout(null, Math.min(delayNanos, Math.max(0, nanosLeft())), NANOSECONDS);
    // Not on the timer's thread: it serves the whole JVM.
    over.thenRunAsync(
        () -> {
          context.removeListener(givenUp);
          awaited();
        });
    synchronized (underWay) {
      waiting = over;
      if (underWay.cancelled()) {
        over.complete(null);
      }
    }
  }

  private void awaited() {
    synchronized (underWay) {
      waiting = null;
    }
    boolean givenUp = givenUp();
    if (givenUp || nanosLeft() <= 0) {
      Objects.requireNonNull(call).abandoned();
      end(givenUp ? Status.CANCELLED : Status.DEADLINE_EXCEEDED, new Metadata());
    } else {
      next();
    }
  }

  /**
   * Ends the call through a gRPC call of its own, so that executor and context are the right ones.
   */
  private void end(Status status, Metadata trailers) {
    Listener<R> to = Objects.requireNonNull(listener);
    begin(
        method,
        options.withOption(Pick.OPTION, Pick.refused(status)),
        new Metadata(),
        begun ->
            new Listener<R>() {
              @Override
              public void onClose(Status ended, Metadata none) {
                if (ended.getCode() == Status.Code.CANCELLED
                    || ended.getCode() == Status.Code.DEADLINE_EXCEEDED && nanosLeft() <= 0) {
                  to.onClose(ended, none);
                } else {
                  to.onClose(status, trailers);
                }
              }
            });
  }

  private void begin(
      MethodDescriptor<Q, R> method,
      CallOptions options,
      Metadata headers,
      Function<ClientCall<Q, R>, Listener<R>> listener) {
    Context previous = context.attach();
    try {
      ClientCall<Q, R> begun = channel.newCall(method, options);
      underWay.begin(begun, listener.apply(begun), headers);
    } finally {
      context.detach(previous);
    }
  }

  private CallOptions optionsOf(Attempt attempt, Pick pick) {
    CallOptions picked =
        Objects.requireNonNull(request)
            .sent(options)
            .withOption(Pick.OPTION, pick)
            .withStreamTracerFactory(pick);
    if (attempt.timeoutNanos() == Call.NO_TIMEOUT) {
      return picked;
    }
    Deadline ours = Deadline.after(attempt.timeoutNanos(), NANOSECONDS);
    Deadline theirs = options.getDeadline();
    return picked.withDeadline(theirs == null ? ours : ours.minimum(theirs));
  }

  /** Time until the application's own deadline. */
  private long nanosLeft() {
    long left = Call.NO_TIMEOUT;
    if (options.getDeadline() != null) {
      left = options.getDeadline().timeRemaining(NANOSECONDS);
    }
    if (context.getDeadline() != null) {
      left = Math.min(left, context.getDeadline().timeRemaining(NANOSECONDS));
    }
    return left;
  }

  private boolean waitsForReady(long delayNanos) {
    return options.isWaitForReady()
        && !givenUp()
        && delayNanos < nanosLeft()
        && delayNanos < Objects.requireNonNull(first).nanosLeft();
  }

  private boolean givenUp() {
    return underWay.cancelled() || context.isCancelled();
  }

  @Override
  public void request(int numMessages) {
    underWay.request(numMessages);
  }

  @Override
  public void sendMessage(Q message) {
    underWay.sendMessage(message);
  }

  @Override
  public void halfClose() {
    underWay.halfClose();
  }

  /** Between two attempts the cancellation is carried out when the next would begin: at once. */
  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    List<ClientCall<Q, R>> cancelled;
    synchronized (underWay) {
      cancelled = underWay.cancel(message, cause);
      if (waiting != null) {
        waiting.complete(null);
      }
    }
    cancelled.forEach(each -> each.cancel(message, cause));
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    underWay.setMessageCompression(enabled);
  }

  @Override
  public boolean isReady() {
    return underWay.isReady();
  }

  @Override
  public Attributes getAttributes() {
    return underWay.getAttributes();
  }

  /** Receives the answer to one attempt; hands it on, or asks for the next attempt. */
  private final class AttemptListener extends Listener<R> {

    private final Listener<R> to = Objects.requireNonNull(listener);
    private final Attempt attempt;
    private final Pick pick;
    private final Route route;
    private final ClientCall<Q, R> itself;
    private @Nullable Metadata held;
    private boolean answered;

    AttemptListener(Attempt attempt, Pick pick, ClientCall<Q, R> itself) {
      this.attempt = attempt;
      this.pick = pick;
      this.itself = itself;
      this.route = Objects.requireNonNull(attempt.call().route());
    }

    @Override
    public void onHeaders(Metadata headers) {
      answered = true;
      attempt.changeResponse(new MetadataHeaders(headers));
      if (holdsHeaders()) {
        held = headers;
      } else {
        commit();
        to.onHeaders(headers);
      }
    }

    /**
     * Headers commit a call (gRFC A6). Those of a unary call can wait for its one message, and the
     * call can still be repeated if a status comes instead.
     */
    private boolean holdsHeaders() {
      return isUnary() && (attempt.isHedged() || !route.retry().grpcStatuses().isEmpty());
    }

    @Override
    public void onMessage(R message) {
      if (!attempt.claim()) {
        return;
      }
      release();
      settle();
      to.onMessage(message);
    }

    @Override
    public void onReady() {
      if (!method.getType().clientSendsOneMessage() && pick.sent()) {
        // Never repeated from here on; the messages to come need not be kept.
        commit();
      }
      // A listener of the application hears one attempt at a time.
      if (underWay.isAlone(itself)) {
        to.onReady();
      }
    }

    private void settle() {
      if (isUnary() && attempt.isHedged()) {
        MeshClientCall.this.settle(itself);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      long delayNanos = outcome(status, trailers);
      if (delayNanos == Attempt.OTHERS) {
        underWay.leave(itself);
        return;
      }
      settle();
      attempt.readTrail(new MetadataHeaders(trailers));
      if (delayNanos != Attempt.DELIVER && underWay.replayable()) {
        again(delayNanos, attempt.call());
        return;
      }
      // It may have asked for a retry that there is no message for.
      attempt.call().abandoned();
      if (AttemptEnd.unreachable(pick, status)
          && underWay.replayable()
          && waitsForReady(WAIT_FOR_READY_NANOS)) {
        again(WAIT_FOR_READY_NANOS, Weaving.mesh().call(Objects.requireNonNull(request)));
      } else {
        release();
        deliver(status, trailers);
      }
    }

    private long outcome(Status status, Metadata trailers) {
      if (givenUp()) {
        return AttemptEnd.abandoned(attempt, status.getCause());
      }
      return AttemptEnd.tell(attempt, pick, status, trailers);
    }

    private void commit() {
      Objects.requireNonNull(request).notReplayable();
      underWay.commit();
    }

    private void release() {
      commit();
      Metadata headers = held;
      if (headers != null) {
        held = null;
        to.onHeaders(headers);
      }
    }

    private void deliver(Status status, Metadata trailers) {
      boolean timedOut =
          status.getCode() == Status.Code.DEADLINE_EXCEEDED
              && attempt.timeoutNanos() != Call.NO_TIMEOUT
              && !pick.answered()
              && nanosLeft() > 0;
      if (timedOut) {
        long millis = TimeUnit.NANOSECONDS.toMillis(attempt.timeoutNanos());
        to.onClose(
            status.withDescription("timeout of " + route.name() + " passed: " + millis + " ms"),
            MetadataText.trailers(route.name()));
      } else {
        if (!answered && pick.answered()) {
          // Trailers only: they are the headers (gRPC over HTTP/2, "Responses").
          attempt.changeResponse(new MetadataHeaders(trailers));
        }
        to.onClose(status, trailers);
      }
    }
  }
}
