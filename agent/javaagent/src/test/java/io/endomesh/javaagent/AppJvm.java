package io.endomesh.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A JVM that a test starts, on the Java version under test, and what it said. Immutable. */
record AppJvm(int exitCode, String out, String err) {

  private static final Path AGENT = Path.of(System.getProperty("agent.jar"));
  private static final Path JAVA = Path.of(System.getProperty("test.jvm"));

  /** Many times what any of these programs takes; only a program that hangs gets there. */
  private static final long MAX_SECONDS = 60;

  private static final long POLL_MILLIS = 20;

  static Path agent() {
    return AGENT;
  }

  static String agentOption(String arguments) {
    return "-javaagent:" + AGENT + (arguments.isEmpty() ? "" : "=" + arguments);
  }

  /** Runs an application of the tests; {@code options} go to the JVM. */
  static AppJvm run(Path directory, String mainClass, String... options) throws Exception {
    return start(directory, application(mainClass, options), null);
  }

  /** The same of one that stays, until it has said something on its standard error. */
  static AppJvm runUntilItSays(Path directory, String sentence, String mainClass, String... options)
      throws Exception {
    return start(directory, application(mainClass, options), sentence);
  }

  private static ProcessBuilder application(String mainClass, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(JAVA.toString()));
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(
        Path.of(AppJvm.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString());
    command.add(mainClass);
    return new ProcessBuilder(command);
  }

  /** Runs a tool of the JDK with the agent in JAVA_TOOL_OPTIONS. */
  static AppJvm tool(Path directory, String tool, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(JAVA.resolveSibling(tool).toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_TOOL_OPTIONS", agentOption("nonsense"));
    return start(directory, builder, null);
  }

  private static AppJvm start(Path directory, ProcessBuilder builder, @Nullable String until)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ENDOMESH_"));
    Process process = builder.start();
    try {
      if (until != null) {
        awaitSaid(process, err, until);
        process.getOutputStream().close();
      }
      assertThat(process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)).as("ended by itself").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new AppJvm(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  /** Until it is said, or no more will be; what is missing is for the test to say. */
  private static void awaitSaid(Process process, Path err, String sentence)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_SECONDS);
    while (!Files.readString(err, StandardCharsets.UTF_8).contains(sentence)
        && System.nanoTime() < end
        && !process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      Thread.onSpinWait();
    }
  }
}
