package io.endomesh.dataplane;

import io.endomesh.dataplane.access.AccessRecords;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what goes wrong in an observer from the calls that it looks at: they are neither failed nor
 * decided otherwise, they are not seen. As thread-safe as the observer.
 */
final class GuardedObserver implements CallObserver {

  private final CallObserver observer;
  private final AccessRecords records;
  private final Consumer<RuntimeException> failures;

  GuardedObserver(
      CallObserver observer, AccessRecords records, Consumer<RuntimeException> failures) {
    this.observer = observer;
    this.records = records;
    this.failures = failures;
  }

  @Override
  public @Nullable Object attemptStarted(Attempt attempt) {
    try {
      return observer.attemptStarted(attempt);
    } catch (RuntimeException own) {
      failures.accept(own);
      return null;
    }
  }

  @Override
  public void attemptEnded(Attempt attempt, @Nullable Object started, Outcome outcome) {
    try {
      observer.attemptEnded(attempt, started, outcome);
      records.attemptEnded(attempt, outcome, observer);
    } catch (RuntimeException own) {
      failures.accept(own);
    }
  }

  @Override
  public void replied(Call call, Reply reply) {
    try {
      observer.replied(call, reply);
      records.replied(call, reply, observer);
    } catch (RuntimeException own) {
      failures.accept(own);
    }
  }

  @Override
  public CallContext served(InboundCall call) {
    try {
      return observer.served(call);
    } catch (RuntimeException own) {
      failures.accept(own);
      return CallContext.EMPTY;
    }
  }

  @Override
  public @Nullable String traceId(CallContext context) {
    try {
      return observer.traceId(context);
    } catch (RuntimeException own) {
      failures.accept(own);
      return null;
    }
  }

  @Override
  public @Nullable String traceId(Call call) {
    try {
      return observer.traceId(call);
    } catch (RuntimeException own) {
      failures.accept(own);
      return null;
    }
  }

  @Override
  public void servedEnded(InboundCall call, Outcome outcome) {
    try {
      observer.servedEnded(call, outcome);
      records.servedEnded(call, outcome, observer);
    } catch (RuntimeException own) {
      failures.accept(own);
    }
  }

  @Override
  public @Nullable Object statementStarted(DatabaseCall call) {
    try {
      return observer.statementStarted(call);
    } catch (RuntimeException own) {
      failures.accept(own);
      return null;
    }
  }

  @Override
  public void statementEnded(
      DatabaseCall call,
      @Nullable Object started,
      long durationNanos,
      @Nullable Throwable error,
      @Nullable String sqlState) {
    try {
      observer.statementEnded(call, started, durationNanos, error, sqlState);
    } catch (RuntimeException own) {
      failures.accept(own);
    }
  }
}
