package io.endomesh.contracts.concurrent;

import static io.endomesh.contracts.concurrent.Woven.A;
import static io.endomesh.contracts.concurrent.Woven.B;
import static io.endomesh.contracts.concurrent.Woven.under;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.CallContext;
import io.endomesh.testkit.Contract;
import io.endomesh.testkit.Library;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A stage belongs to the call that registered it, whoever completes the one before. */
@Contract("Stages")
@Library(name = "JDK `CompletableFuture`")
@ExtendWith(Woven.class)
@Timeout(60)
class CompletableFutureTest {

  private record Step(
      String name, Function<CompletableFuture<String>, CompletableFuture<CallContext>> register) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Arguments> steps() {
    CompletableFuture<String> never = new CompletableFuture<>();
    CompletableFuture<String> done = CompletableFuture.completedFuture("");
    return Stream.of(
            new Step("thenApply", f -> f.thenApply(any -> CallContext.current())),
            new Step("thenApplyAsync", f -> f.thenApplyAsync(any -> CallContext.current())),
            new Step("handle", f -> f.handle((any, error) -> CallContext.current())),
            new Step("handleAsync", f -> f.handleAsync((any, error) -> CallContext.current())),
            new Step(
                "thenCompose",
                f ->
                    f.thenCompose(any -> CompletableFuture.completedFuture(CallContext.current()))),
            new Step("thenCombine", f -> f.thenCombine(done, (one, two) -> CallContext.current())),
            new Step(
                "applyToEitherAsync",
                f -> f.applyToEitherAsync(never, any -> CallContext.current())),
            new Step("thenAccept", f -> seen(seen -> f.thenAccept(any -> see(seen)))),
            new Step("thenRunAsync", f -> seen(seen -> f.thenRunAsync(() -> see(seen)))),
            new Step("whenComplete", f -> seen(seen -> f.whenComplete((any, error) -> see(seen)))),
            new Step(
                "thenAcceptBoth",
                f -> seen(seen -> f.thenAcceptBoth(done, (one, two) -> see(seen)))),
            new Step("runAfterBoth", f -> seen(seen -> f.runAfterBoth(done, () -> see(seen)))),
            new Step("acceptEither", f -> seen(seen -> f.acceptEither(never, any -> see(seen)))),
            new Step(
                "runAfterEitherAsync",
                f -> seen(seen -> f.runAfterEitherAsync(never, () -> see(seen)))))
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("steps")
  void stage_completedByAnotherThread_runsForWhoRegisteredIt(Step step) throws Exception {
    CompletableFuture<String> before = new CompletableFuture<>();
    CompletableFuture<CallContext> after = under(A, () -> step.register.apply(before));
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      under(B, () -> other.submit(() -> before.complete(""))).get();
      assertThat(after.get(30, TimeUnit.SECONDS)).isSameAs(A);
      assertThat(other.submit(CallContext::current).get()).isSameAs(CallContext.EMPTY);
    } finally {
      other.shutdownNow();
    }
  }

  @Test
  void exceptionally_runsForWhoRegisteredIt() throws Exception {
    CompletableFuture<CallContext> before = new CompletableFuture<>();
    CompletableFuture<CallContext> after =
        under(A, () -> before.exceptionally(error -> CallContext.current()));

    before.completeExceptionally(new IllegalStateException("expected"));

    assertThat(after.get(30, TimeUnit.SECONDS)).isSameAs(A);
  }

  @Test
  void supplyAsync_onEachExecutor_carriesTheContext() throws Exception {
    ExecutorService own = Executors.newSingleThreadExecutor();
    try {
      assertThat(under(A, () -> CompletableFuture.supplyAsync(CallContext::current)).get())
          .isSameAs(A);
      assertThat(under(B, () -> CompletableFuture.supplyAsync(CallContext::current, own)).get())
          .isSameAs(B);
      assertThat(CompletableFuture.supplyAsync(CallContext::current, own).get())
          .isSameAs(CallContext.EMPTY);
      assertThat(
              under(
                      A,
                      () ->
                          CompletableFuture.supplyAsync(
                              CallContext::current,
                              CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS)))
                  .get())
          .isSameAs(A);
    } finally {
      own.shutdownNow();
    }
  }

  @Test
  void runAsync_carriesTheContext() throws Exception {
    assertThat(
            under(A, () -> seen(seen -> CompletableFuture.runAsync(() -> see(seen))))
                .get(30, TimeUnit.SECONDS))
        .isSameAs(A);
  }

  @Test
  void nullFunction_throwsAsWithoutUs() {
    assertThatThrownBy(() -> under(A, () -> new CompletableFuture<String>().thenApply(null)))
        .isInstanceOf(NullPointerException.class);
  }

  private static CompletableFuture<CallContext> seen(
      Function<CompletableFuture<CallContext>, Object> register) {
    CompletableFuture<CallContext> seen = new CompletableFuture<>();
    register.apply(seen);
    return seen;
  }

  private static void see(CompletableFuture<CallContext> seen) {
    seen.complete(CallContext.current());
  }
}
