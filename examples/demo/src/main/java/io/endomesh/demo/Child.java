package io.endomesh.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of the demo, with its output in a file. Thread-safe. */
public final class Child implements AutoCloseable {

  /** How long a process may take to end when asked, before it is killed. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String name;
  private final Process process;
  private final Path log;

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  public static Child start(
      String name, Path logs, Map<String, String> environment, List<String> command) {
    try {
      Path log = Files.createTempFile(logs, name + "-", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
      builder.environment().putAll(environment);
      return new Child(name, builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + name, e);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  public Path log() {
    return log;
  }

  public String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for a line of output and gives its first group. */
  public String awaitOutput(Pattern pattern, Duration atMost) {
    String[] found = new String[1];
    Await.until(
        name + " saying \"" + pattern + "\" in " + log,
        atMost,
        () -> {
          Matcher matcher = pattern.matcher(output());
          if (matcher.find()) {
            found[0] = matcher.group(1);
            return true;
          }
          if (!process.isAlive()) {
            throw new CheckFailed(
                name + " ended with " + process.exitValue() + "; its output is in " + log);
          }
          return false;
        });
    return found[0];
  }

  /** As {@code kill -9} does: no shutdown hook, no goodbye. */
  public void kill() {
    process.destroyForcibly();
    await(PATIENCE);
  }

  @Override
  public void close() {
    process.destroy();
    if (!await(PATIENCE)) {
      kill();
    }
  }

  public int awaitExit(Duration atMost) {
    if (!await(atMost)) {
      throw new CheckFailed(name + " did not end within " + atMost.toSeconds() + " s");
    }
    return process.exitValue();
  }

  private boolean await(Duration atMost) {
    try {
      return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
