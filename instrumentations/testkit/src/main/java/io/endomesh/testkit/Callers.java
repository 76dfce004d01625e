package io.endomesh.testkit;

import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls by a client that blocks, each on a thread of its own. Thread-safe. */
public final class Callers implements AutoCloseable {

  private final ExecutorService threads = Executors.newCachedThreadPool(Callers::daemon);

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "caller");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Starts a call; cancelling the future gives it up.
   *
   * @param giveUp what the application does to that end, on another thread than the call's
   */
  public CompletableFuture<Answer> start(Callable<Answer> call, Runnable giveUp) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    answer.whenComplete(
        (value, error) -> {
          if (answer.isCancelled()) {
            giveUp.run();
          }
        });
    threads.execute(
        () -> {
          try {
            answer.complete(call.call());
          } catch (Exception | Error e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /** Starts a call and gives it up at once; what its caller got. */
  public Throwable givenUp(Callable<Answer> call, Runnable giveUp)
      throws InterruptedException, TimeoutException {
    CompletableFuture<Answer> answer = start(call, () -> {});
    giveUp.run();
    try {
      return new IllegalStateException("answered: " + answer.get(10, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      return e.getCause() == null ? e : e.getCause();
    }
  }

  /**
   * What an asynchronous library has in the end.
   *
   * @throws IOException if it failed, with the library's own failure or as its cause
   */
  public static <T> T join(CompletableFuture<T> running) throws IOException, InterruptedException {
    try {
      return running.get(1, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException broken ? broken : new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
