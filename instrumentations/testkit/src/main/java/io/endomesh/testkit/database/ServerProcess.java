package io.endomesh.testkit.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server of another program as a process of ours: it ends with us, and by {@link #close}. Servers
 * that refuse to run as root run as the user that their package made. Thread-safe.
 */
public final class ServerProcess implements AutoCloseable {

  /** Generous: a server that takes longer has failed. */
  private static final Duration START = Duration.ofSeconds(60);

  /** How long a server may take to end when asked, before it is killed. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Process process;
  private final Path log;
  private final Thread atExit = new Thread(this::stop, "stop-server");

  private ServerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** What to put before a command, so that {@code user} runs it if we are root. */
  static List<String> as(String user) {
    return isRoot()
        ? List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups")
        : List.of();
  }

  /** Gives a directory to {@code user} if we are root, and lets that user pass on the way to it. */
  static void giveTo(String user, Path directory) throws IOException {
    if (!isRoot()) {
      return;
    }
    Files.setOwner(
        directory,
        directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
    for (Path path = directory.toAbsolutePath().getParent();
        path != null;
        path = path.getParent()) {
      var permissions = Files.getPosixFilePermissions(path);
      if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)
          && Files.getOwner(path).getName().equals("root")) {
        Files.setPosixFilePermissions(path, permissions);
      }
    }
  }

  /** Runs a command to its end, which must be a good one. */
  static void run(Path logs, Map<String, String> environment, List<String> command)
      throws IOException {
    Path log = Files.createTempFile(logs, "setup-", ".log");
    Process process = process(log, environment, command);
    boolean ended = await(process, START);
    if (!ended || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException(
          command + ": " + (ended ? "failed" : "did not end") + ": " + Files.readString(log));
    }
  }

  static ServerProcess start(Path logs, List<String> command) throws IOException {
    Path log = Files.createTempFile(logs, "server-", ".log");
    return new ServerProcess(process(log, Map.of(), command), log);
  }

  private static Process process(Path log, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Waits for a line of output and gives its first group. */
  String awaitOutput(Pattern pattern) throws IOException {
    long start = System.nanoTime();
    while (true) {
      boolean alive = process.isAlive();
      String output = Files.readString(log);
      Matcher matcher = pattern.matcher(output);
      if (matcher.find()) {
        return matcher.group(1);
      }
      if (!alive || System.nanoTime() - start > START.toNanos()) {
        close();
        throw new IllegalStateException(
            "server output: no \"" + pattern + "\" (expected: within 60 s): " + output);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException exiting) {
      // The JVM is on its way out, and the hook runs beside this; stopping twice does no harm.
    }
    stop();
  }

  private void stop() {
    process.destroy();
    if (!await(process, PATIENCE)) {
      process.destroyForcibly();
      await(process, PATIENCE);
    }
  }

  private static boolean await(Process process, Duration atMost) {
    try {
      return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** A port for a server that cannot choose one itself. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> concat(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
