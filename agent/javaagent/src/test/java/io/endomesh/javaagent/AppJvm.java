package io.endomesh.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM that a test starts, on the Java version under test, and what it said. Immutable. */
record AppJvm(int exitCode, String out, String err) {

  private static final Path AGENT = Path.of(System.getProperty("agent.jar"));
  private static final Path JAVA = Path.of(System.getProperty("test.jvm"));

  /** Many times what any of these programs takes; only a program that hangs gets there. */
  private static final long MAX_SECONDS = 60;

  static Path agent() {
    return AGENT;
  }

  static String agentOption(String arguments) {
    return "-javaagent:" + AGENT + (arguments.isEmpty() ? "" : "=" + arguments);
  }

  /** Runs an application of the tests; {@code options} go to the JVM. */
  static AppJvm run(Path directory, String mainClass, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(JAVA.toString()));
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(
        Path.of(AppJvm.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString());
    command.add(mainClass);
    return start(directory, new ProcessBuilder(command));
  }

  /** Runs a tool of the JDK with the agent in JAVA_TOOL_OPTIONS. */
  static AppJvm tool(Path directory, String tool, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(JAVA.resolveSibling(tool).toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_TOOL_OPTIONS", agentOption("nonsense"));
    return start(directory, builder);
  }

  private static AppJvm start(Path directory, ProcessBuilder builder)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ENDOMESH_"));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)).as("ended by itself").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new AppJvm(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
