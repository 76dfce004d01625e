package io.endomesh.telemetry;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

/**
 * The part of telemetry that runs on the application's threads. It notes what happened in a small
 * object and hands that over; names, attributes and bytes are made later by the telemetry thread.
 * That is why spans are not the SDK's: a call made before the SDK exists is observed like any
 * other, and no call pays for the SDK's locks and collections. Thread-safe.
 */
final class Observing implements CallObserver {

  private final Tracing tracing;
  private final EpochClock clock;
  private final Backlog backlog;

  Observing(Tracing tracing, EpochClock clock, Backlog backlog) {
    this.tracing = tracing;
    this.clock = clock;
    this.backlog = backlog;
  }

  @Override
  public @Nullable Object attemptStarted(Attempt attempt) {
    SpanContext span = tracing.attempt(attempt.call());
    return new ObservedAttempt(attempt, span, tracing.parent(attempt.call()), clock.epochNanos());
  }

  @Override
  public void attemptEnded(Attempt attempt, @Nullable Object started, Outcome outcome) {
    if (started instanceof ObservedAttempt observed) {
      observed.end(outcome, observed.protocol, /* server= */ false);
      observed.judge(attempt);
      backlog.add(observed);
    }
  }

  @Override
  public void replied(Call call, Reply reply) {
    SpanContext span = tracing.attempt(call);
    ObservedAttempt observed =
        new ObservedAttempt(call, reply, span, tracing.parent(call), clock.epochNanos());
    observed.end(
        new Outcome(reply.status(), reply.grpcStatus(), null, 0), observed.protocol, false);
    backlog.add(observed);
    backlog.addRefusal(observed);
  }

  @Override
  public CallContext served(InboundCall call) {
    SpanContext parent = tracing.parent(call.request());
    ObservedRequest observed =
        new ObservedRequest(call, tracing.child(parent), parent, clock.epochNanos());
    return new CallContext(observed, CallContext.NO_DEADLINE, observed.caller);
  }

  @Override
  public @Nullable String traceId(CallContext context) {
    return context.trace() instanceof ObservedRequest observed && observed.span.isValid()
        ? observed.span.getTraceId()
        : null;
  }

  @Override
  public @Nullable String traceId(Call call) {
    return tracing.traceId(call);
  }

  @Override
  public void servedEnded(InboundCall call, Outcome outcome) {
    if (call.context().trace() instanceof ObservedRequest observed) {
      observed.decided(call);
      observed.end(outcome, observed.protocol, /* server= */ true);
      backlog.add(observed);
      if (observed.policy != null || observed.observation != null) {
        backlog.addRefusal(observed);
      }
    }
  }

  @Override
  public @Nullable Object statementStarted(DatabaseCall call) {
    SpanContext parent = tracing.parent(call.context());
    return new ObservedStatement(call, tracing.child(parent), parent, clock.epochNanos());
  }

  @Override
  public void statementEnded(
      DatabaseCall call,
      @Nullable Object started,
      long durationNanos,
      @Nullable Throwable error,
      @Nullable String sqlState) {
    if (started instanceof ObservedStatement observed) {
      observed.end(durationNanos, error, sqlState);
      observed.judge(call);
      backlog.add(observed);
      if (observed.policy != null || observed.slowBy != null) {
        backlog.addRefusal(observed);
      }
    }
  }
}
