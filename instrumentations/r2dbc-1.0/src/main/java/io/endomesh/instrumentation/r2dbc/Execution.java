package io.endomesh.instrumentation.r2dbc;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.SqlStatement;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcTimeoutException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** One execution, from when it is subscribed to until its last result is read. Thread-safe. */
final class Execution {

  /** query_canceled (PostgreSQL, appendix A). */
  private static final String QUERY_CANCELED = "57014";

  private final DatabaseCall call;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable Throwable failure;

  private Execution(DatabaseCall call) {
    this.call = call;
  }

  /** True of what sends statements to the database, once it is subscribed to. */
  static boolean begins(Method method) {
    return method.getName().equals("execute")
        && method.getParameterCount() == 0
        && method.getReturnType().isAssignableFrom(Flux.class);
  }

  /**
   * The same results, observed each time they are subscribed to.
   *
   * @param results a publisher
   */
  static @Nullable Object observed(
      @Nullable Object results, Database database, SqlStatement statement, int size) {
    if (!(results instanceof Publisher<?> publisher)) {
      return results;
    }
    return Flux.defer(() -> decided(publisher, database, statement, size));
  }

  private static Flux<Object> decided(
      Publisher<?> results, Database database, SqlStatement statement, int size) {
    CallContext context = CallContext.current();
    if (!Weaving.mesh().mayWait(database)) {
      return run(results, begin(database, statement, size));
    }
    // A policy that delays, or has statements wait for others: not on a thread that drives the
    // connections of the application.
    return Mono.fromCallable(
            () -> {
              CallContext before = context.attach();
              try {
                return begun(database, statement, size);
              } finally {
                CallContext.restore(before);
              }
            })
        .subscribeOn(Schedulers.boundedElastic())
        .flatMapMany(begun -> run(results, begun.execution()));
  }

  /** A Mono carries no null. */
  private record Begun(@Nullable Execution execution) {}

  private static Begun begun(Database database, SqlStatement statement, int size) {
    return new Begun(begin(database, statement, size));
  }

  /** Null if the mesh fails; the statement goes on without it. */
  private static @Nullable Execution begin(Database database, SqlStatement statement, int size) {
    try {
      return new Execution(Weaving.mesh().statement(database, statement, size));
    } catch (RuntimeException e) {
      Suppressed.report(e);
      return null;
    }
  }

  private static Flux<Object> run(Publisher<?> results, @Nullable Execution execution) {
    if (execution == null) {
      return Flux.from(results).cast(Object.class);
    }
    if (execution.call.refusal() != null) {
      R2dbcException refused = RefusedStatement.exception(execution.call.refusal());
      execution.failed(refused);
      execution.end();
      return Flux.error(refused);
    }
    return inTime(Flux.from(results), execution)
        .map(result -> ObservedResult.of(result, execution))
        .doOnError(execution::failed)
        // Before the application hears of it.
        .doOnTerminate(execution::end)
        .doOnCancel(execution::end);
  }

  /** Cancelled when its time is over, by the driver's own means. */
  private static Flux<?> inTime(Flux<?> results, Execution execution) {
    DatabasePolicy policy = execution.call.policy();
    if (policy == null || policy.timeoutSeconds() == 0) {
      return results;
    }
    R2dbcException over =
        new R2dbcTimeoutException(
            "statement: not done within "
                + policy.timeoutSeconds()
                + " s, the timeout of "
                + policy.name(),
            QUERY_CANCELED);
    return results.takeUntilOther(
        Mono.delay(Duration.ofSeconds(policy.timeoutSeconds())).then(Mono.error(over)));
  }

  void failed(Throwable error) {
    failure = error;
  }

  private void end() {
    if (ended.compareAndSet(false, true)) {
      Throwable error = failure;
      call.ended(
          error,
          error instanceof R2dbcException known ? known.getSqlState() : null,
          error instanceof R2dbcTimeoutException);
    }
  }
}
