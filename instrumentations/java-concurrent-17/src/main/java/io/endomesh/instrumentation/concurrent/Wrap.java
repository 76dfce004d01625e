package io.endomesh.instrumentation.concurrent;

import java.util.Collection;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/**
 * Advice that replaces one argument, a function of the application, by the same {@link Carried}
 * with the current context. A class for each type of function and place among the arguments;
 * without a context to carry, they return null and the argument stays. Stateless.
 */
public final class Wrap {

  private Wrap() {}

  public static final class RunnableFirst {

    private RunnableFirst() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Typing.DYNAMIC))
    public static @Nullable Runnable enter(@Advice.Argument(0) @Nullable Runnable task) {
      return Carried.runnable(task);
    }
  }

  public static final class RunnableSecond {

    private RunnableSecond() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Typing.DYNAMIC))
    public static @Nullable Runnable enter(@Advice.Argument(1) @Nullable Runnable task) {
      return Carried.runnable(task);
    }
  }

  public static final class RunnableThird {

    private RunnableThird() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 2, typing = Typing.DYNAMIC))
    public static @Nullable Runnable enter(@Advice.Argument(2) @Nullable Runnable task) {
      return Carried.runnable(task);
    }
  }

  public static final class RunnableFourth {

    private RunnableFourth() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 3, typing = Typing.DYNAMIC))
    public static @Nullable Runnable enter(@Advice.Argument(3) @Nullable Runnable task) {
      return Carried.runnable(task);
    }
  }

  public static final class CallableFirst {

    private CallableFirst() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Typing.DYNAMIC))
    public static @Nullable Callable<?> enter(@Advice.Argument(0) @Nullable Callable<?> task) {
      return Carried.callable(task);
    }
  }

  public static final class CallablesFirst {

    private CallablesFirst() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Typing.DYNAMIC))
    public static @Nullable Collection<Callable<Object>> enter(
        @Advice.Argument(0) @Nullable Collection<? extends Callable<Object>> task) {
      return Carried.callables(task);
    }
  }

  public static final class SupplierSecond {

    private SupplierSecond() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Typing.DYNAMIC))
    public static @Nullable Supplier<?> enter(@Advice.Argument(1) @Nullable Supplier<?> task) {
      return Carried.supplier(task);
    }
  }

  public static final class FunctionSecond {

    private FunctionSecond() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Typing.DYNAMIC))
    public static @Nullable Function<?, ?> enter(
        @Advice.Argument(1) @Nullable Function<?, ?> task) {
      return Carried.function(task);
    }
  }

  public static final class FunctionThird {

    private FunctionThird() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 2, typing = Typing.DYNAMIC))
    public static @Nullable Function<?, ?> enter(
        @Advice.Argument(2) @Nullable Function<?, ?> task) {
      return Carried.function(task);
    }
  }

  public static final class ConsumerSecond {

    private ConsumerSecond() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Typing.DYNAMIC))
    public static @Nullable Consumer<?> enter(@Advice.Argument(1) @Nullable Consumer<?> task) {
      return Carried.consumer(task);
    }
  }

  public static final class ConsumerThird {

    private ConsumerThird() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 2, typing = Typing.DYNAMIC))
    public static @Nullable Consumer<?> enter(@Advice.Argument(2) @Nullable Consumer<?> task) {
      return Carried.consumer(task);
    }
  }

  public static final class BiFunctionSecond {

    private BiFunctionSecond() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Typing.DYNAMIC))
    public static @Nullable BiFunction<?, ?, ?> enter(
        @Advice.Argument(1) @Nullable BiFunction<?, ?, ?> task) {
      return Carried.functionOfTwo(task);
    }
  }

  public static final class BiFunctionThird {

    private BiFunctionThird() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 2, typing = Typing.DYNAMIC))
    public static @Nullable BiFunction<?, ?, ?> enter(
        @Advice.Argument(2) @Nullable BiFunction<?, ?, ?> task) {
      return Carried.functionOfTwo(task);
    }
  }

  public static final class BiConsumerSecond {

    private BiConsumerSecond() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 1, typing = Typing.DYNAMIC))
    public static @Nullable BiConsumer<?, ?> enter(
        @Advice.Argument(1) @Nullable BiConsumer<?, ?> task) {
      return Carried.consumerOfTwo(task);
    }
  }

  public static final class BiConsumerThird {

    private BiConsumerThird() {}

    @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
    @Advice.AssignReturned.ToArguments(
        @Advice.AssignReturned.ToArguments.ToArgument(value = 2, typing = Typing.DYNAMIC))
    public static @Nullable BiConsumer<?, ?> enter(
        @Advice.Argument(2) @Nullable BiConsumer<?, ?> task) {
      return Carried.consumerOfTwo(task);
    }
  }
}
