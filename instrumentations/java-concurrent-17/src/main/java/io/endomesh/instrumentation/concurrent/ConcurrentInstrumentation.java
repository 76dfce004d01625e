package io.endomesh.instrumentation.concurrent;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave the JDK's executors. Immutable.
 *
 * <p>Where a task object stays what it is (queues, futures, fork-join tasks), the context is
 * remembered beside it and is current while it runs; where only a function is handed over, that is
 * wrapped. Periodic tasks carry nothing: they belong to no call.
 */
public final class ConcurrentInstrumentation extends Instrumentation {

  private static final String PACKAGE = "io.endomesh.instrumentation.concurrent.";

  private static final String THREAD_POOL = "java.util.concurrent.ThreadPoolExecutor";
  private static final String SCHEDULED_POOL = "java.util.concurrent.ScheduledThreadPoolExecutor";
  private static final String FORK_JOIN_POOL = "java.util.concurrent.ForkJoinPool";
  private static final String FORK_JOIN_TASK = "java.util.concurrent.ForkJoinTask";
  private static final String STAGE = "java.util.concurrent.CompletableFuture";

  private static final String RUNNABLE = "java.lang.Runnable";
  private static final String CALLABLE = "java.util.concurrent.Callable";
  private static final String COLLECTION = "java.util.Collection";
  private static final String TIME_UNIT = "java.util.concurrent.TimeUnit";
  private static final String EXECUTOR = "java.util.concurrent.Executor";
  private static final String OTHER_STAGE = "java.util.concurrent.CompletionStage";

  @Override
  public String name() {
    return "java-concurrent";
  }

  /** Contexts come from servers: without one that is woven, there is nothing to carry. */
  @Override
  public boolean wakesWeaver() {
    return false;
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        // ThreadPoolExecutor: the task is remembered when it comes in and looked up when a worker
        // takes it, so that queues hold what the application gave them.
        Weave.types(THREAD_POOL)
            .method("execute")
            .taking(RUNNABLE)
            .advice(PACKAGE + "ExecuteAdvice"),
        Weave.types(THREAD_POOL).method("getTask").taking().advice(PACKAGE + "NextTaskAdvice"),
        Weave.types(THREAD_POOL + "$Worker")
            .method("run")
            .taking()
            .advice(PACKAGE + "WorkerAdvice"),
        Weave.types(SCHEDULED_POOL)
            .method("delayedExecute")
            .taking("java.util.concurrent.RunnableScheduledFuture")
            .advice(PACKAGE + "DelayedTaskAdvice"),

        // ForkJoinPool: the same for its own tasks; what it would adapt is wrapped.
        Weave.types(FORK_JOIN_POOL)
            .method("execute", "submit", "invoke")
            .taking(FORK_JOIN_TASK)
            .advice(PACKAGE + "SubmitAdvice"),
        Weave.types(FORK_JOIN_TASK).method("fork").taking().advice(PACKAGE + "ForkAdvice"),
        Weave.types(FORK_JOIN_TASK).method("doExec").taking().advice(PACKAGE + "RunAdvice"),
        Weave.types(FORK_JOIN_POOL)
            .method("execute", "submit")
            .taking(RUNNABLE)
            .advice(PACKAGE + "Wrap$RunnableFirst"),
        Weave.types(FORK_JOIN_POOL)
            .method("submit")
            .taking(RUNNABLE, "java.lang.Object")
            .advice(PACKAGE + "Wrap$RunnableFirst"),
        Weave.types(FORK_JOIN_POOL)
            .method("submit")
            .taking(CALLABLE)
            .advice(PACKAGE + "Wrap$CallableFirst"),
        Weave.types(FORK_JOIN_POOL)
            .method("invokeAll", "invokeAny")
            .taking(COLLECTION)
            .advice(PACKAGE + "Wrap$CallablesFirst"),
        Weave.types(FORK_JOIN_POOL)
            .method("invokeAll", "invokeAny")
            .taking(COLLECTION, "long", TIME_UNIT)
            .advice(PACKAGE + "Wrap$CallablesFirst"),

        // CompletableFuture: its public methods all lead to these. A function belongs to the call
        // that registered it, whichever thread completes the stage before.
        Weave.types(STAGE)
            .method("asyncSupplyStage")
            .taking(EXECUTOR, "java.util.function.Supplier")
            .advice(PACKAGE + "Wrap$SupplierSecond"),
        uni("java.util.function.Function", "Wrap$FunctionSecond"),
        uni("java.util.function.Consumer", "Wrap$ConsumerSecond"),
        uni("java.util.function.BiFunction", "Wrap$BiFunctionSecond"),
        uni("java.util.function.BiConsumer", "Wrap$BiConsumerSecond"),
        uni(RUNNABLE, "Wrap$RunnableSecond"),
        two("java.util.function.Function", "Wrap$FunctionThird"),
        two("java.util.function.Consumer", "Wrap$ConsumerThird"),
        two("java.util.function.BiFunction", "Wrap$BiFunctionThird"),
        two("java.util.function.BiConsumer", "Wrap$BiConsumerThird"),
        two(RUNNABLE, "Wrap$RunnableThird"),

        // Virtual threads, since 21: all ways to make one lead here.
        Weave.types("java.lang.ThreadBuilders")
            .method("newVirtualThread")
            .taking(EXECUTOR, "java.lang.String", "int", RUNNABLE)
            .ifPresent()
            .advice(PACKAGE + "Wrap$RunnableFourth"),

        // Spring's executor that makes a thread for each task.
        Weave.types("org.springframework.core.task.SimpleAsyncTaskExecutor")
            .method("doExecute")
            .taking(RUNNABLE)
            .ifPresent()
            .advice(PACKAGE + "Wrap$RunnableFirst"));
  }

  /** Stages after one other. */
  private static Weave uni(String function, String advice) {
    return Weave.types(STAGE)
        .method(
            "uniApplyStage",
            "uniAcceptStage",
            "uniRunStage",
            "uniWhenCompleteStage",
            "uniHandleStage",
            "uniExceptionallyStage",
            "uniComposeExceptionallyStage",
            "uniComposeStage",
            "asyncRunStage")
        .taking(EXECUTOR, function)
        .advice(PACKAGE + advice);
  }

  /** Stages after both or either of two others. */
  private static Weave two(String function, String advice) {
    return Weave.types(STAGE)
        .method(
            "biApplyStage",
            "biAcceptStage",
            "biRunStage",
            "orApplyStage",
            "orAcceptStage",
            "orRunStage")
        .taking(EXECUTOR, OTHER_STAGE, function)
        .advice(PACKAGE + advice);
  }
}
