package io.endomesh.instrumentation.concurrent;

import io.endomesh.dataplane.CallContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A function of the application with the context under which it runs. Immutable. Written out rather
 * than as lambdas, which would have to be linked in the middle of the JDK's own work.
 */
sealed interface Carried {

  record Task(CallContext context, Runnable task) implements Carried, Runnable {
    @Override
    public void run() {
      CallContext before = context.attach();
      try {
        task.run();
      } finally {
        CallContext.restore(before);
      }
    }
  }

  record Calling<V>(CallContext context, Callable<V> task) implements Carried, Callable<V> {
    @Override
    public V call() throws Exception {
      CallContext before = context.attach();
      try {
        return task.call();
      } finally {
        CallContext.restore(before);
      }
    }
  }

  record Supplying<T>(CallContext context, Supplier<T> task) implements Carried, Supplier<T> {
    @Override
    public T get() {
      CallContext before = context.attach();
      try {
        return task.get();
      } finally {
        CallContext.restore(before);
      }
    }
  }

  record Accepting<T>(CallContext context, Consumer<T> task) implements Carried, Consumer<T> {
    @Override
    public void accept(T value) {
      CallContext before = context.attach();
      try {
        task.accept(value);
      } finally {
        CallContext.restore(before);
      }
    }
  }

  record AcceptingTwo<T, U>(CallContext context, BiConsumer<T, U> task)
      implements Carried, BiConsumer<T, U> {
    @Override
    public void accept(T first, U second) {
      CallContext before = context.attach();
      try {
        task.accept(first, second);
      } finally {
        CallContext.restore(before);
      }
    }
  }

  record Applying<T, R>(CallContext context, Function<T, R> task)
      implements Carried, Function<T, R> {
    @Override
    public R apply(T value) {
      CallContext before = context.attach();
      try {
        return task.apply(value);
      } finally {
        CallContext.restore(before);
      }
    }
  }

  record ApplyingTwo<T, U, R>(CallContext context, BiFunction<T, U, R> task)
      implements Carried, BiFunction<T, U, R> {
    @Override
    public R apply(T first, U second) {
      CallContext before = context.attach();
      try {
        return task.apply(first, second);
      } finally {
        CallContext.restore(before);
      }
    }
  }

  private static boolean nothingToDo(CallContext context, Object function) {
    return context == CallContext.EMPTY || TaskContexts.isCarriedOtherwise(function);
  }

  static @Nullable Runnable runnable(@Nullable Runnable task) {
    CallContext context = TaskContexts.toCarry();
    return task == null || nothingToDo(context, task) ? null : new Task(context, task);
  }

  static <V> @Nullable Callable<V> callable(@Nullable Callable<V> task) {
    CallContext context = TaskContexts.toCarry();
    return task == null || nothingToDo(context, task) ? null : new Calling<>(context, task);
  }

  static <V> @Nullable Collection<Callable<V>> callables(
      @Nullable Collection<? extends Callable<V>> tasks) {
    CallContext context = TaskContexts.toCarry();
    if (tasks == null || nothingToDo(context, tasks)) {
      return null;
    }
    List<Callable<V>> carried = new ArrayList<>(tasks.size());
    for (Callable<V> task : tasks) {
      if (task == null) {
        return null; // The pool says what is wrong with that.
      }
      carried.add(new Calling<>(context, task));
    }
    return carried;
  }

  static <T> @Nullable Supplier<T> supplier(@Nullable Supplier<T> task) {
    CallContext context = TaskContexts.toCarry();
    return task == null || nothingToDo(context, task) ? null : new Supplying<>(context, task);
  }

  static <T> @Nullable Consumer<T> consumer(@Nullable Consumer<T> task) {
    CallContext context = TaskContexts.toCarry();
    return task == null || nothingToDo(context, task) ? null : new Accepting<>(context, task);
  }

  static <T, U> @Nullable BiConsumer<T, U> consumerOfTwo(@Nullable BiConsumer<T, U> task) {
    CallContext context = TaskContexts.toCarry();
    return task == null || nothingToDo(context, task) ? null : new AcceptingTwo<>(context, task);
  }

  static <T, R> @Nullable Function<T, R> function(@Nullable Function<T, R> task) {
    CallContext context = TaskContexts.toCarry();
    return task == null || nothingToDo(context, task) ? null : new Applying<>(context, task);
  }

  static <T, U, R> @Nullable BiFunction<T, U, R> functionOfTwo(@Nullable BiFunction<T, U, R> task) {
    CallContext context = TaskContexts.toCarry();
    return task == null || nothingToDo(context, task) ? null : new ApplyingTwo<>(context, task);
  }
}
