package io.endomesh.jmh;

import io.endomesh.demo.Installation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.RunnerException;

/** {@code ./endomesh bench}: measures and prints tables. */
public final class Bench {

  private static final List<String> PARTS = List.of("decision", "hop", "startup", "heap");

  private static final String USAGE =
      """
      Usage: ./endomesh bench [decision] [hop] [startup] [heap] [--quick]

        decision  nanoseconds and bytes of a decision and of each part of it, by JMH
        hop       latency and throughput of a real HTTP hop: no agent, agent, agent with mutual
                  TLS, and a pair of mutual TLS HAProxies where haproxy is installed
        startup   CPU of an empty program, time until a Spring Boot service listens, size of the jar
        heap      what the agent holds in a program that knows 50 services
        --quick   shorter rounds, for a first look

      Without a name all are measured. The machine should do nothing else meanwhile; read ratios.
      """;

  private Bench() {}

  public static void main(String[] arguments) throws IOException, RunnerException {
    List<String> parts = new ArrayList<>(List.of(arguments));
    boolean quick = parts.remove("--quick");
    if (parts.remove("--help") || parts.remove("-h")) {
      System.out.print(USAGE);
      return;
    }
    for (String part : parts) {
      if (!PARTS.contains(part)) {
        System.err.println("part: " + part + " (expected: " + String.join(", ", PARTS) + ")");
        System.err.print(USAGE);
        System.exit(2);
      }
    }
    measure(parts.isEmpty() ? PARTS : parts, quick, System.out);
  }

  private static void measure(List<String> parts, boolean quick, PrintStream out)
      throws IOException, RunnerException {
    Installation installation = new Installation(Path.of(System.getProperty("endomesh.home", ".")));
    Path run = Files.createTempDirectory("endomesh-bench-").toRealPath();
    try {
      // Each table as soon as it is there: what is measured is not lost if the next part fails.
      if (parts.contains("decision")) {
        out.println("measuring decisions");
        for (Table table : DecisionReport.run(quick)) {
          print(out, table);
        }
      }
      if (parts.contains("hop")) {
        HopBench hop = new HopBench(installation, run, out);
        print(out, hop.run(quick ? 3 : 7, Duration.ofSeconds(quick ? 2 : 5)));
      }
      if (parts.contains("startup")) {
        print(out, new StartupBench(installation, run, out).run(quick ? 3 : 7));
      }
      if (parts.contains("heap")) {
        print(out, new HeapBench(installation, run, out).run());
      }
    } finally {
      delete(run);
    }
  }

  private static void print(PrintStream out, Table table) {
    out.println();
    out.print(table);
    out.println();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
