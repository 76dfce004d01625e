package io.endomesh.dataplane.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.AttemptResult;
import io.endomesh.dataplane.BlockingCall;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.HedgedExchange;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.BlockingHttp.Sending;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A call of a blocking HTTP client: attempts on the application's thread, those beside another and
 * copies on threads of their own. Thread-safe in {@link #giveUp}, otherwise as {@link Call}.
 *
 * @param <R> the library's response
 */
public final class BlockingHttpExchange<R> implements BlockingCall.Exchange<R, IOException> {

  private final Call call;
  private final BlockingHttp<R> library;
  private final CountDownLatch givenUp = new CountDownLatch(1);

  /** Guarded by itself. */
  private final List<HttpAttempt> underWay = new ArrayList<>(1);

  private volatile @Nullable HttpAttempt delivered;
  private volatile @Nullable Throwable thrown;

  public BlockingHttpExchange(Call call, BlockingHttp<R> library) {
    this.call = call;
    this.library = library;
  }

  /**
   * The application gives the call up, from any thread: attempts are broken off, waiting ends. What
   * its thread gets is what the library throws of a closed connection.
   */
  public void giveUp() {
    givenUp.countDown();
    List<HttpAttempt> all;
    synchronized (underWay) {
      all = List.copyOf(underWay);
    }
    all.forEach(HttpAttempt::breakOff);
  }

  /**
   * As {@link #giveUp}, and closes the connection that an answer is still read from. For libraries
   * where breaking an attempt off leaves a connection alone that has become free.
   */
  public void cancel() {
    giveUp();
    HttpAttempt read = delivered;
    if (read != null) {
      read.breakOff();
    }
  }

  /**
   * Runs the call to its end, for libraries that are woven where they send.
   *
   * @return what it came to, also what the library, or code of the application inside it, threw
   * @throws RuntimeException a fault of ours: the application is to be served without the mesh
   */
  public Sent<R> run() {
    try {
      return new Sent<>(BlockingCall.run(call, this), null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      return new Sent<>(null, interrupted);
    } catch (LibraryException e) {
      return new Sent<>(null, e.thrown());
    } catch (IOException | Error e) {
      return new Sent<>(null, e);
    } catch (RuntimeException e) {
      if (e == thrown) {
        return new Sent<>(null, e);
      }
      throw e;
    }
  }

  @Override
  public AttemptResult<R> exchange(Attempt attempt) throws IOException, InterruptedException {
    return attempt.hedgeAfterNanos() == Attempt.NEVER
        ? new Making(attempt).make()
        : new Beside(attempt).exchange();
  }

  @Override
  public void mirror(Attempt copy) {
    HttpAttempt http = new HttpAttempt(copy);
    Sending<R> sending;
    try {
      sending = library.prepareCopy(http);
    } catch (RuntimeException | Error e) {
      copy.abandoned(e);
      return;
    }
    AttemptThread.start(
        call.context(),
        () -> {
          http.startClock();
          try {
            library.drop(sending.send());
          } catch (IOException | RuntimeException | Error e) {
            // Whatever comes of it is nothing to the application.
            http.failed(e);
          }
        });
  }

  @Override
  public void pause(long nanos) throws IOException, InterruptedException {
    waitUnlessGivenUp(nanos);
  }

  @Override
  public void backOff(long nanos) throws IOException, InterruptedException {
    waitUnlessGivenUp(nanos);
  }

  private void waitUnlessGivenUp(long nanos) throws IOException, InterruptedException {
    if (givenUp.await(nanos, NANOSECONDS)) {
      throw new InterruptedIOException("the call was given up");
    }
  }

  @Override
  public R reply(Reply reply) throws IOException {
    return library.local(LocalAnswer.of(reply, call.request().method()));
  }

  /** One attempt, on whichever thread. */
  private final class Making {
    private final HttpAttempt http;
    private final Sending<R> sending;

    Making(Attempt attempt) {
      http = new HttpAttempt(attempt);
      try {
        sending = library.prepare(http);
      } catch (RuntimeException | Error e) {
        attempt.abandoned(e);
        throw e;
      }
      synchronized (underWay) {
        underWay.add(http);
      }
      if (givenUp.getCount() == 0) {
        http.breakOff();
      }
    }

    AttemptResult<R> make() throws IOException {
      http.startClock();
      try {
        return result(send());
      } catch (IOException | RuntimeException | Error e) {
        HttpAttempt.Next next = http.failed(e);
        if (next == null) {
          throw e;
        }
        Reply reply = next.reply();
        return reply == null
            ? new AttemptResult.Again<>(next.delayNanos())
            : new AttemptResult.Delivered<>(reply(reply));
      } finally {
        synchronized (underWay) {
          underWay.remove(http);
        }
      }
    }

    private R send() throws IOException {
      try {
        return sending.send();
      } catch (RuntimeException e) {
        thrown = e;
        throw e;
      }
    }

    private AttemptResult<R> result(R response) throws IOException {
      if (http.isAnswered() && http.delayNanos() == Attempt.DELIVER) {
        delivered = http;
        return new AttemptResult.Delivered<>(response);
      }
      library.drop(response);
      if (!http.isAnswered()) {
        throw new InterruptedIOException("the attempt was broken off as its answer came");
      }
      return new AttemptResult.Again<>(http.delayNanos());
    }
  }

  /**
   * An attempt with those beside it. The first stays on the application's thread; if another
   * answers, its connection is closed under it.
   */
  private final class Beside implements AsyncCall.Exchange<R> {
    private final Attempt first;
    private @Nullable Runnable own;

    Beside(Attempt first) {
      this.first = first;
    }

    AttemptResult<R> exchange() throws IOException, InterruptedException {
      CompletableFuture<AttemptResult<R>> result = HedgedExchange.start(first, this);
      if (own != null) {
        own.run();
      }
      try {
        return result.get();
      } catch (InterruptedException e) {
        result.cancel(true);
        throw e;
      } catch (ExecutionException e) {
        throw thrown(e.getCause() == null ? e : e.getCause());
      }
    }

    @Override
    public CompletableFuture<AttemptResult<R>> exchange(Attempt attempt) {
      Making making = new Making(attempt);
      CompletableFuture<AttemptResult<R>> made = new CompletableFuture<>();
      made.whenComplete(
          (result, error) -> {
            if (made.isCancelled()) {
              making.http.breakOff();
            }
          });
      Runnable task = () -> complete(made, making);
      if (attempt == first) {
        own = task;
      } else {
        AttemptThread.start(call.context(), task);
      }
      return made;
    }

    private void complete(CompletableFuture<AttemptResult<R>> made, Making making) {
      try {
        AttemptResult<R> result = making.make();
        if (!made.complete(result) && result instanceof AttemptResult.Delivered<R> unwanted) {
          library.drop(unwanted.value());
        }
      } catch (IOException | RuntimeException | Error e) {
        made.completeExceptionally(e);
      }
    }

    @Override
    public CompletableFuture<R> reply(Reply reply) {
      throw new IllegalStateException("reply: " + reply + " (expected: attempts only)");
    }
  }

  /** An {@code IOException}, or one that carries what is not; throws what is unchecked. */
  static IOException thrown(Throwable cause) {
    if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof IOException broken
        ? broken
        : new IOException(cause.getMessage(), cause);
  }
}
