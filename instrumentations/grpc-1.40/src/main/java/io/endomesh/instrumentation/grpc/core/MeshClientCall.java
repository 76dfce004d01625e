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
import java.util.ArrayList;
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

  /** Guards itself, {@link #copies}, {@link #current}, {@link #beside} and {@link #waiting}. */
  private final ReplayLog<Q> log = new ReplayLog<>();

  private final Copies<Q> copies = new Copies<>();

  /** Null before the start, and between two attempts. */
  private @Nullable ClientCall<Q, R> current;

  /** Attempts under way that the current one was sent ahead of the answer of: a hedged call's. */
  private final List<ClientCall<Q, R>> beside = new ArrayList<>(0);

  /** The wait before the next attempt, null if there is none; ended early by a cancellation. */
  private @Nullable CompletableFuture<Void> waiting;

  /** The wait for an answer before the call is hedged, null if there is none. */
  private @Nullable CompletableFuture<Void> unanswered;

  // Set at the start.
  private @Nullable Listener<R> listener;
  private @Nullable GrpcRequest request;
  private @Nullable Call first;
  private @Nullable Call call;

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
    call = Weaving.mesh().call(started);
    first = call;
    if (call == null) {
      // The host left the mesh this very moment.
      begin(method, options, headers, begun -> listener);
    } else {
      next();
    }
  }

  private void next() {
    try {
      Decision decision = Objects.requireNonNull(call).next();
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
    synchronized (log) {
      unanswered = passed;
    }
    passed.completeOnTimeout(null, nanos, NANOSECONDS);
  }

  /** Sends what was sent once more, to another endpoint, once it was all sent. */
  private void hedge(Attempt slow) {
    synchronized (log) {
      ClientCall<Q, R> waited = current;
      if (waited == null || givenUp() || !log.replayable()) {
        return;
      }
      if (!log.halfClosed()) {
        // The application is still writing it: no answer can be late yet.
        awaitAnswer(slow);
        return;
      }
      Attempt next = slow.hedge();
      if (next == null) {
        return;
      }
      beside.add(waited);
      try {
        attempt(next);
      } catch (RuntimeException e) {
        // What an interceptor below throws at once. Those under way go on, if they still are.
        beside.remove(waited);
        current = waited;
        if (next.failed(e, /* sent= */ false) != Attempt.OTHERS) {
          failedToDecide(e);
        }
      }
    }
  }

  /** The call goes on with this attempt alone, or after it. */
  private void settle(ClientCall<Q, R> with) {
    List<ClientCall<Q, R>> others;
    synchronized (log) {
      if (unanswered != null) {
        unanswered.cancel(false);
        unanswered = null;
      }
      others = underWay();
      current = with;
      beside.clear();
    }
    for (ClientCall<Q, R> other : others) {
      if (other != with) {
        other.cancel("another attempt of the call has answered", null);
      }
    }
  }

  /** An attempt has ended, and the call is left to others. */
  private void leave(ClientCall<Q, R> ended) {
    synchronized (log) {
      if (!beside.remove(ended) && current == ended) {
        current = beside.isEmpty() ? null : beside.remove(beside.size() - 1);
      }
    }
  }

  private List<ClientCall<Q, R>> underWay() {
    synchronized (log) {
      List<ClientCall<Q, R>> all = new ArrayList<>(beside);
      if (current != null) {
        all.add(current);
      }
      return all;
    }
  }

  private void mirror(Attempt copy) {
    GrpcRequest sent = Objects.requireNonNull(request);
    Metadata headers = new Metadata();
    headers.merge(sent.headers());
    synchronized (log) {
      copies.add(channel, sent.sent(method), sent.sent(options), headers, copy, log);
    }
  }

  private void replied(Reply reply) {
    if (reply.mayPass() && waitsForReady(WAIT_FOR_READY_NANOS)) {
      again(WAIT_FOR_READY_NANOS, Weaving.mesh().call(Objects.requireNonNull(request)));
    } else {
      end(MetadataText.status(reply), MetadataText.trailers(reply));
    }
  }

  private void again(long delayNanos, @Nullable Call with) {
    synchronized (log) {
      current = null;
    }
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
    synchronized (log) {
      waiting = over;
      if (log.cancelled()) {
        over.complete(null);
      }
    }
  }

  private void awaited() {
    synchronized (log) {
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
      synchronized (log) {
        current = begun;
        begun.start(listener.apply(begun), headers);
        // On a direct executor the start may have failed, and been followed by another, by now.
        if (current == begun) {
          log.replay(begun);
        }
      }
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
    synchronized (log) {
      return log.cancelled() || context.isCancelled();
    }
  }

  private boolean replayable() {
    synchronized (log) {
      return log.replayable();
    }
  }

  @Override
  public void request(int numMessages) {
    synchronized (log) {
      log.request(numMessages);
      if (current != null) {
        current.request(numMessages);
      }
      beside.forEach(other -> other.request(numMessages));
    }
  }

  @Override
  public void sendMessage(Q message) {
    synchronized (log) {
      log.message(message);
      copies.message(message);
      if (current != null) {
        current.sendMessage(message);
      }
    }
  }

  @Override
  public void halfClose() {
    synchronized (log) {
      log.halfClose();
      copies.halfClose();
      if (current != null) {
        current.halfClose();
      }
    }
  }

  /** Between two attempts the cancellation is carried out when the next would begin: at once. */
  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    List<ClientCall<Q, R>> underWay;
    synchronized (log) {
      log.cancel(message, cause);
      if (!log.halfClosed()) {
        copies.cancel();
      }
      underWay = underWay();
      if (waiting != null) {
        waiting.complete(null);
      }
    }
    underWay.forEach(each -> each.cancel(message, cause));
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    synchronized (log) {
      log.compression(enabled);
      copies.compression(enabled);
      if (current != null) {
        current.setMessageCompression(enabled);
      }
    }
  }

  @Override
  public boolean isReady() {
    synchronized (log) {
      return current != null && current.isReady();
    }
  }

  @Override
  public Attributes getAttributes() {
    synchronized (log) {
      return current == null ? Attributes.EMPTY : current.getAttributes();
    }
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
      if (isAlone()) {
        to.onReady();
      }
    }

    /** A listener of the application hears one attempt at a time. */
    private boolean isAlone() {
      synchronized (log) {
        return current == itself && beside.isEmpty();
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
        leave(itself);
        return;
      }
      settle();
      attempt.readTrail(new MetadataHeaders(trailers));
      if (delayNanos != Attempt.DELIVER && replayable()) {
        again(delayNanos, attempt.call());
        return;
      }
      // It may have asked for a retry that there is no message for.
      attempt.call().abandoned();
      if (AttemptEnd.unreachable(pick, status)
          && replayable()
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
      synchronized (log) {
        log.commit();
      }
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
