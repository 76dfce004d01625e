package io.endomesh.jmh;

import io.endomesh.demo.Child;
import io.endomesh.demo.ControllerProcess;
import io.endomesh.demo.Http;
import io.endomesh.demo.Installation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Added latency and throughput of a real HTTP hop, in up to four modes measured in turn in one run:
 * no agent, agent, agent with mutual TLS, and the plain hop through a pair of mutual TLS HAProxies.
 * All processes live throughout; only one pair works at a time, so that a noisy machine treats all
 * modes alike. Figures are medians over the rounds, read them as ratios.
 */
final class HopBench {

  private static final Duration START = Duration.ofSeconds(60);
  private static final Pattern LISTENING = Pattern.compile("listening on (\\d+)");

  /**
   * Calls until the JIT has settled: its second compiler wants 5,000 of a method (HotSpot's
   * Tier4InvocationThreshold), and time to get to it. Counted, not timed, because a slow machine
   * makes fewer in the same time; the rounds are bounded nevertheless.
   */
  private static final int WARM_UP_CALLS = 50_000;

  /** Of so many calls one may fail by the JDK's own doing, see {@link HopClient}. */
  private static final int SOME_FAIL = 10_000;

  private static final Duration WARM_UP_ROUND = Duration.ofSeconds(5);
  private static final int MAX_WARM_UP_ROUNDS = 12;

  private final Installation installation;
  private final Path run;
  private final PrintStream progress;
  private final List<AutoCloseable> open = new ArrayList<>();

  HopBench(Installation installation, Path run, PrintStream progress) {
    this.installation = installation;
    this.run = run;
    this.progress = progress;
  }

  /** Requests a second, p50 and p99 in microseconds. */
  private record Figures(double perSecond, double p50Micros, double p99Micros) {}

  Table run(int rounds, Duration round) throws IOException {
    try {
      return measure(modes(), rounds, round);
    } finally {
      for (int i = open.size() - 1; i >= 0; i--) {
        close(open.get(i));
      }
    }
  }

  private Map<String, Caller> modes() throws IOException {
    Map<String, Caller> modes = new LinkedHashMap<>();
    int plainServer = server(null);
    modes.put("no agent", caller(null, "http://127.0.0.1:" + plainServer + "/"));

    ControllerProcess controller = opened(new ControllerProcess(installation, run, new Http(), 0));
    Path join = controller.joinFile("bench");
    controller.apply(disableMutualTls());
    // The names stand for two services, so that one policy can hold for one of them only.
    meshedServer(join, "plain");
    meshedServer(join, "secure");
    modes.put("agent", meshedCaller(join, "plain"));
    modes.put("agent, mTLS", meshedCaller(join, "secure"));

    Optional<Path> haproxy = HaProxy.executable();
    if (haproxy.isPresent()) {
      HaProxy.Pair pair = opened(HaProxy.start(haproxy.get(), run, plainServer));
      modes.put("2 HAProxies, mTLS", caller(null, "http://127.0.0.1:" + pair.port() + "/"));
    } else {
      progress.println("skipped: 2 HAProxies, mTLS (haproxy is not installed)");
    }
    return modes;
  }

  private Table measure(Map<String, Caller> modes, int rounds, Duration round) throws IOException {
    for (Map.Entry<String, Caller> mode : modes.entrySet()) {
      progress.println("warming up: " + mode.getKey());
      warmUp(mode.getValue());
    }
    Map<String, List<Figures>> seen = new LinkedHashMap<>();
    for (int i = 0; i < rounds; i++) {
      progress.println("round " + (i + 1) + " of " + rounds);
      for (Map.Entry<String, Caller> mode : modes.entrySet()) {
        seen.computeIfAbsent(mode.getKey(), name -> new ArrayList<>())
            .add(mode.getValue().call(round));
      }
    }
    Table table =
        new Table("1 KB over loopback, 4 callers", "req/s", "", "p50 µs", "", "p99 µs", "");
    Figures base = null;
    for (Map.Entry<String, List<Figures>> mode : seen.entrySet()) {
      Figures median = median(mode.getValue());
      base = base == null ? median : base;
      table.row(
          mode.getKey(),
          "%.0f".formatted(median.perSecond()),
          ratio(median.perSecond(), base.perSecond()),
          "%.0f".formatted(median.p50Micros()),
          ratio(median.p50Micros(), base.p50Micros()),
          "%.0f".formatted(median.p99Micros()),
          ratio(median.p99Micros(), base.p99Micros()));
    }
    return table;
  }

  private static void warmUp(Caller caller) throws IOException {
    double calls = 0;
    for (int round = 0; round < MAX_WARM_UP_ROUNDS && calls < WARM_UP_CALLS; round++) {
      calls += caller.call(WARM_UP_ROUND).perSecond() * WARM_UP_ROUND.toSeconds();
    }
  }

  private static Figures median(List<Figures> rounds) {
    return new Figures(
        median(rounds.stream().mapToDouble(Figures::perSecond).toArray()),
        median(rounds.stream().mapToDouble(Figures::p50Micros).toArray()),
        median(rounds.stream().mapToDouble(Figures::p99Micros).toArray()));
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static String ratio(double value, double base) {
    return "× %.2f".formatted(value / base);
  }

  private static String disableMutualTls() {
    return """
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata: {name: plain, namespace: bench}
    spec:
      selector: {matchLabels: {app: plain}}
      mtls: {mode: DISABLE}
    """;
  }

  private int server(@Nullable String agentArguments) {
    Child server =
        opened(Child.start("hop-server", run, Map.of(), command(HopServer.class, agentArguments)));
    return Integer.parseInt(server.awaitOutput(LISTENING, START));
  }

  private void meshedServer(Path join, String service) {
    server(agent(join, service));
  }

  private Caller meshedCaller(Path join, String service) throws IOException {
    return caller(agent(join, service + "-caller"), "http://" + service + "/");
  }

  private Caller caller(@Nullable String agentArguments, String url) throws IOException {
    List<String> command = command(HopClient.class, agentArguments);
    command.add(url);
    return opened(new Caller(command));
  }

  private String agent(Path join, String service) {
    return "join-file=%s,namespace=bench,service=%s,state-dir=%s"
        .formatted(join, service, run.resolve("state"));
  }

  private List<String> command(Class<?> main, @Nullable String agentArguments) {
    List<String> command = Installation.java("-Xmx256m", "-XX:+UseSerialGC");
    if (agentArguments != null) {
      command.add("-javaagent:" + installation.agent() + "=" + agentArguments);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return command;
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.add(resource);
    return resource;
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      throw new IllegalStateException("cannot stop " + resource, e);
    }
  }

  /** A {@link HopClient} process, told when to call. */
  private final class Caller implements AutoCloseable {

    private final Process process;
    private final BufferedReader results;
    private final Path log = Files.createTempFile(run, "hop-client-", ".log");

    Caller(List<String> command) throws IOException {
      process = new ProcessBuilder(command).redirectError(log.toFile()).start();
      results =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    Figures call(Duration duration) throws IOException {
      process
          .getOutputStream()
          .write((duration.toMillis() + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      for (String line = results.readLine(); line != null; line = results.readLine()) {
        if (line.startsWith("result ")) {
          String[] figures = line.split(" ");
          fewFailed(Long.parseLong(figures[4]), Double.parseDouble(figures[1]) * seconds(duration));
          return new Figures(
              Double.parseDouble(figures[1]),
              Double.parseDouble(figures[2]),
              Double.parseDouble(figures[3]));
        }
      }
      throw new IOException("a caller ended: " + Files.readString(log));
    }

    private void fewFailed(long failed, double calls) throws IOException {
      if (failed > 1 + calls / SOME_FAIL) {
        throw new IOException(failed + " calls of " + Math.round(calls) + " failed");
      }
    }

    private static double seconds(Duration duration) {
      return duration.toMillis() / 1e3;
    }

    @Override
    public void close() {
      process.destroy();
    }
  }
}
