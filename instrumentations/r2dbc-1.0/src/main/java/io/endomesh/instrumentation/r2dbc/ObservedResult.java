package io.endomesh.instrumentation.r2dbc;

import io.r2dbc.spi.Result;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A result; that the database refused a statement is often said only where this is read. */
final class ObservedResult extends Observed {

  private final Execution execution;

  private ObservedResult(Result original, Execution execution) {
    super(original);
    this.execution = execution;
  }

  static Object of(Object result, Execution execution) {
    return result instanceof Result original
        ? new ObservedResult(original, execution).proxy()
        : result;
  }

  @Override
  @Nullable Object shown(
      Method method, @Nullable Object @Nullable [] arguments, @Nullable Object returned) {
    if (returned instanceof Mono<?> one) {
      return one.doOnError(execution::failed);
    }
    if (returned instanceof Flux<?> many) {
      return many.doOnError(execution::failed);
    }
    return returned == null ? null : of(returned, execution);
  }
}
