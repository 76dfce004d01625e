package io.endomesh.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A process that a test speaks with over its standard input and output. One thread at a time. */
public final class Spoken implements AutoCloseable {

  /** Many times what any of these processes takes; only one that hangs gets there. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> said = new ArrayList<>();
  private final Thread reader;

  private Spoken(Process process) {
    this.process = process;
    reader = new Thread(this::read, "output of " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  public static Spoken start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("ENDOMESH_"));
    return new Spoken(builder.start());
  }

  /**
   * The same command in a process that can write no file beyond {@code kilobytes}: to it a disk
   * that is full, whoever runs it and wherever.
   */
  static List<String> withFilesUpTo(int kilobytes, List<String> command) {
    List<String> limited =
        new ArrayList<>(
            List.of("bash", "-c", "ulimit -f " + kilobytes + "; exec \"$@\"", "limited"));
    limited.addAll(command);
    return limited;
  }

  private void read() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      out.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add("output ended: " + e);
    }
  }

  public void say(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** What {@code sample.app.Caller} says of a call to this host. */
  String calls(String host) {
    try {
      say(host);
      return after("called ");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(host, e);
    }
  }

  /** The next line that holds {@code part}. */
  public String line(String part) throws InterruptedException {
    return next(part, line -> line.contains(part));
  }

  /**
   * What follows {@code word} in the next line that begins with it, which none of the agent's does.
   */
  public String after(String word) throws InterruptedException {
    return next(word, line -> line.startsWith(word)).substring(word.length());
  }

  private String next(String part, Predicate<String> wanted) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new AssertionError("no \"" + part + "\" in " + said);
      }
      said.add(line);
      if (wanted.test(line)) {
        return line;
      }
    }
  }

  long pid() {
    return process.pid();
  }

  /** All lines read so far; once it has ended, all that it said. */
  public String said() {
    return String.join("\n", said);
  }

  /** SIGTERM, as supervisors send it; {@code Process.destroy} would close its output as well. */
  void terminate() {
    process.toHandle().destroy();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends its input, and gives the exit code it ends with. */
  public int end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    return exitCode();
  }

  /** That it ends with by itself. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("does not end: " + said);
    }
    reader.join(PATIENCE.toMillis());
    lines.drainTo(said);
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
