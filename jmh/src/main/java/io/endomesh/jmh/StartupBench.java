package io.endomesh.jmh;

import io.endomesh.demo.Child;
import io.endomesh.demo.ControllerProcess;
import io.endomesh.demo.Http;
import io.endomesh.demo.Installation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the agent adds to start-up: CPU time of an empty program, time until a Spring Boot service
 * listens, size of the jar. Medians over the rounds, modes in turn.
 */
final class StartupBench {

  private static final Duration START = Duration.ofSeconds(90);
  private static final Pattern TOMCAT_PORT = Pattern.compile("Tomcat started on port (\\d+)");
  private static final Pattern CPU_SECONDS = Pattern.compile("cpu ([0-9.]+) ([0-9.]+)");

  private final Installation installation;
  private final Path run;
  private final PrintStream progress;

  StartupBench(Installation installation, Path run, PrintStream progress) {
    this.installation = installation;
    this.run = run;
    this.progress = progress;
  }

  Table run(int rounds) throws IOException {
    try (ControllerProcess controller = new ControllerProcess(installation, run, new Http(), 0)) {
      String joined =
          "join-file=%s,namespace=bench,state-dir=%s"
              .formatted(controller.joinFile("bench"), run.resolve("state"));
      List<@Nullable String> modes = new ArrayList<>();
      modes.add(null);
      modes.add("");
      modes.add(joined);
      double[][] empty = new double[modes.size()][rounds];
      double[][] boot = new double[modes.size()][rounds];
      for (int round = 0; round < rounds; round++) {
        progress.println("start-up, round " + (round + 1) + " of " + rounds);
        for (int mode = 0; mode < modes.size(); mode++) {
          empty[mode][round] = emptyCpuMillis(modes.get(mode));
          boot[mode][round] = bootMillis(modes.get(mode));
        }
      }
      Table table = new Table("start-up", "no agent", "agent", "agent, joined", "bound");
      table.row(
          "empty program, CPU ms", figure(empty[0]), figure(empty[1]), figure(empty[2]), "400");
      table.row(
          "Spring Boot until it listens, ms",
          figure(boot[0]),
          figure(boot[1]),
          figure(boot[2]) + " (× %.2f)".formatted(median(boot[2]) / median(boot[0])),
          "× 1.10");
      table.row(
          "agent jar, MB", "", "%.1f".formatted(Files.size(installation.agent()) / 1e6), "", "12");
      return table;
    }
  }

  /** User and system time, by the shell that runs it. */
  private double emptyCpuMillis(@Nullable String agent) {
    List<String> java =
        java(agent, "-cp", System.getProperty("java.class.path"), Empty.class.getName());
    Child child =
        Child.start(
            "empty",
            run,
            Map.of("TIMEFORMAT", "cpu %U %S"),
            List.of("bash", "-c", "time \"$@\"", "bash", java.get(0), "@" + arguments(java)));
    child.awaitExit(START);
    var matcher = CPU_SECONDS.matcher(child.output());
    if (!matcher.find()) {
      throw new IllegalStateException("no times in " + child.output());
    }
    return 1_000 * (Double.parseDouble(matcher.group(1)) + Double.parseDouble(matcher.group(2)));
  }

  /** From the start of the process until the service says that it listens. */
  private double bootMillis(@Nullable String agent) {
    List<String> java = java(agent, "-jar", installation.service("payments").toString());
    long start = System.nanoTime();
    try (Child child = Child.start("payments", run, Map.of("SERVER_PORT", "0"), java)) {
      child.awaitOutput(TOMCAT_PORT, START);
      return (System.nanoTime() - start) / 1e6;
    }
  }

  /** Java's own argument file: the class path is longer than some shells like. */
  private String arguments(List<String> java) {
    try {
      Path file = Files.createTempFile(run, "arguments", "");
      Files.writeString(
          file,
          String.join(
              "\n", java.subList(1, java.size()).stream().map(a -> "\"" + a + "\"").toList()));
      return file.toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private List<String> java(@Nullable String agent, String... more) {
    List<String> command = Installation.java("-XX:+UseSerialGC");
    if (agent != null) {
      command.add("-javaagent:" + installation.agent() + (agent.isEmpty() ? "" : "=" + agent));
    }
    command.addAll(List.of(more));
    return command;
  }

  private static String figure(double[] values) {
    return "%.0f".formatted(median(values));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
