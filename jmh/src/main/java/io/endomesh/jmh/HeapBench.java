package io.endomesh.jmh;

import io.endomesh.demo.Child;
import io.endomesh.demo.ControllerProcess;
import io.endomesh.demo.Http;
import io.endomesh.demo.Installation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the agent holds on the heap of a program that knows 50 services and has called each, beside
 * the same program with the same calls and no agent. Collections come first, so it is what stays.
 */
final class HeapBench {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern LISTENING = Pattern.compile("listening on (\\d+)");
  private static final Pattern HEAP = Pattern.compile("heap (\\d+)");

  private static final int SERVICES = 50;

  private final Installation installation;
  private final Path run;
  private final PrintStream progress;

  HeapBench(Installation installation, Path run, PrintStream progress) {
    this.installation = installation;
    this.run = run;
    this.progress = progress;
  }

  Table run() throws IOException {
    progress.println("heap: a program that knows " + SERVICES + " services");
    try (Child server = Child.start("hop-server", run, Map.of(), java(HopServer.class, null));
        ControllerProcess controller = new ControllerProcess(installation, run, new Http(), 0)) {
      int port = Integer.parseInt(server.awaitOutput(LISTENING, PATIENCE));
      List<String> names = IntStream.range(0, SERVICES).mapToObj(i -> "service-" + i).toList();
      controller.apply(String.join("---\n", names.stream().map(n -> entry(n, port)).toList()));
      String joined =
          "join-file=%s,namespace=bench,service=caller,state-dir=%s"
              .formatted(controller.joinFile("bench"), run.resolve("state"));
      double without = heap(null, names.stream().map(n -> "http://127.0.0.1:" + port).toList());
      double with = heap(joined, names.stream().map(n -> "http://" + n).toList());
      Table table =
          new Table("heap after collection", "no agent", "agent, joined", "added", "bound");
      table.row(
          SERVICES + " services called, MB",
          megabytes(without),
          megabytes(with),
          megabytes(with - without),
          "16");
      return table;
    }
  }

  private double heap(@Nullable String agent, List<String> urls) {
    List<String> command = java(CallsMany.class, agent);
    command.addAll(urls);
    try (Child program = Child.start("calls-many", run, Map.of(), command)) {
      return Double.parseDouble(program.awaitOutput(HEAP, PATIENCE));
    }
  }

  private List<String> java(Class<?> main, @Nullable String agent) {
    List<String> command = new ArrayList<>(Installation.java("-Xmx256m", "-XX:+UseSerialGC"));
    if (agent != null) {
      command.add("-javaagent:" + installation.agent() + "=" + agent);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return command;
  }

  private static String entry(String name, int port) {
    return """
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: %1$s, namespace: bench}
    spec:
      hosts: [%1$s]
      ports: [{number: 80, name: http, protocol: HTTP}]
      resolution: STATIC
      endpoints: [{address: 127.0.0.1, ports: {http: %2$d}}]
    """
        .formatted(name, port);
  }

  private static String megabytes(double bytes) {
    return "%.1f".formatted(bytes / 1e6);
  }
}
