package io.endomesh.controller.ca;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that makes a certificate for the request that it reads. It may hang, flood or fail: it
 * is ended in time, read as far as an answer can be long, and no more than a few of it run at once.
 * Thread-safe.
 */
final class SigningCommand {

  private static final Logger log = LoggerFactory.getLogger(SigningCommand.class);

  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Of ten certificates with keys of RSA, in PEM, a third. */
  private static final int MAX_ANSWER = 64 << 10;

  private static final int MAX_COMPLAINT = 2000;

  private static final int AT_ONCE = 4;

  /** Each holds a thread of the controller; who is beyond them comes again by itself. */
  private static final int MAX_WAITING = 64;

  /** With the time of the command still below that of a request to the controller. */
  private static final Duration WAIT = Duration.ofSeconds(15);

  private final List<String> words;
  private final Duration patience;
  private final Semaphore slots = new Semaphore(AT_ONCE, /* fair= */ true);

  SigningCommand(List<String> words, Duration patience) {
    this.words = List.copyOf(words);
    this.patience = patience;
  }

  /**
   * What it writes to its standard output.
   *
   * @param told as variables of its environment
   */
  String run(String input, Map<String, String> told) throws NotIssued {
    try {
      if (slots.getQueueLength() >= MAX_WAITING
          || !slots.tryAcquire(WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failed("busy, " + AT_ONCE + " at a time (expected: a faster answer)");
      }
      try {
        return start(input, told);
      } finally {
        slots.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    }
  }

  private String start(String input, Map<String, String> told) throws InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(told);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw failed("does not start (" + e.getMessage() + ")");
    }
    try {
      return answer(process, input);
    } finally {
      // Those that it started hold its output open, and would live on.
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private String answer(Process process, String input) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    Output out = Output.of(process.getInputStream(), MAX_ANSWER, /* more= */ false);
    Output err = Output.of(process.getErrorStream(), MAX_COMPLAINT, /* more= */ true);
    daemon(() -> write(process.getOutputStream(), input));
    boolean inTime = out.await(end - System.nanoTime());
    if (out.isTooLong()) {
      throw failed("more than " + MAX_ANSWER + " bytes of answer (expected: a chain in PEM)");
    }
    if (!inTime || !process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      throw failed("no answer in " + patience.toMillis() + " ms" + complaint(err));
    }
    err.await(Math.min(end - System.nanoTime(), TimeUnit.SECONDS.toNanos(1)));
    if (process.exitValue() != 0) {
      throw failed("exit " + process.exitValue() + complaint(err));
    }
    String remark = complaint(err);
    if (!remark.isEmpty()) {
      log.info("--ca-command{}", remark);
    }
    return out.text();
  }

  /** In one line, whatever was written: nobody but us begins a line of the log. */
  private static String complaint(Output err) {
    String text = err.text().strip().replaceAll("\\s*\\R\\s*", "; ").replaceAll("\\p{Cntrl}", "?");
    return text.isEmpty() ? "" : ": " + text;
  }

  private static void write(OutputStream in, String input) {
    try (in) {
      in.write(input.getBytes(US_ASCII));
    } catch (IOException e) {
      // It did not read all: its answer tells whether it had to.
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "endomesh-ca-command");
    thread.setDaemon(true);
    thread.start();
  }

  static NotIssued failed(String what) {
    return new NotIssued("--ca-command: " + what);
  }

  /** What comes out of a process, up to a length. Thread-safe. */
  private static final class Output {

    private final int max;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean tooLong;

    private Output(int max) {
      this.max = max;
    }

    /**
     * @param more whether to read on beyond the length, and forget it
     */
    static Output of(InputStream in, int max, boolean more) {
      Output output = new Output(max);
      daemon(() -> output.read(in, more));
      return output;
    }

    private void read(InputStream in, boolean more) {
      byte[] buffer = new byte[4096];
      try (in) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          int room = max - bytes.size();
          bytes.write(buffer, 0, Math.min(n, room));
          if (n > room) {
            tooLong = true;
            if (!more) {
              return;
            }
          }
        }
      } catch (IOException e) {
        // It was ended; what there is counts.
      } finally {
        done.countDown();
      }
    }

    boolean await(long nanos) throws InterruptedException {
      return done.await(nanos, TimeUnit.NANOSECONDS);
    }

    boolean isTooLong() {
      return tooLong;
    }

    String text() {
      return bytes.toString(UTF_8);
    }
  }
}
