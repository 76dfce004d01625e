package io.endomesh.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code ./endomesh demo}: starts controller and shop, keeps a bounded load on it until Ctrl-C.
 * With {@code --check} it checks the mesh's promises instead and exits with 0 or 1.
 */
public final class Demo {

  private static final List<Check> CHECKS =
      List.of(
          new DiscoveryCheck(),
          new RoutingCheck(),
          new ResilienceCheck(),
          new TrafficCheck(),
          new LocalityCheck(),
          new BreakerCheck(),
          new HedgingCheck(),
          new RetryStormCheck(),
          new MutualTlsCheck(),
          new PolicyCheck(),
          new BrowserCheck(),
          new RateLimitCheck(),
          new OverloadCheck(),
          new DatabaseCheck(),
          new GlobalLimitCheck(),
          new RouteKindsCheck(),
          new ExplainCheck(),
          new TelemetryCheck(),
          new ControllerGoneCheck(),
          new AppFirstCheck());

  private static final String USAGE =
      """
      Usage: ./endomesh demo [--check [NAME...]] [--port PORT] [--keep]

      Starts the controller and a demo shop of real services, each in a JVM of its own with the
      agent, and keeps a light load on it until Ctrl-C.

        --check [NAME...]  check the mesh's promises on the running shop instead, print a line for
                           each, stop everything and exit with 0 or 1; names choose some of
                           %s
        --port PORT        port of the controller and its console (default: a free one)
        --keep             keep the logs
      """
          .formatted(CHECKS.stream().map(Demo::quoted).collect(Collectors.joining(", ")));

  private Demo() {}

  /** As a shell wants it. */
  private static String quoted(Check check) {
    return check.name().contains(" ") ? '"' + check.name() + '"' : check.name();
  }

  public static void main(String[] arguments) throws IOException {
    Options options;
    try {
      options = Options.parse(List.of(arguments), CHECKS.stream().map(Check::name).toList());
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
      return;
    }
    if (options.help()) {
      System.out.print(USAGE);
      return;
    }
    System.exit(run(options, new Progress(System.out)));
  }

  private static int run(Options options, Progress progress) throws IOException {
    Installation installation = new Installation(Path.of(System.getProperty("endomesh.home", ".")));
    Path run = Files.createTempDirectory("endomesh-demo-").toRealPath();
    boolean keep = options.keep();
    try (MeshedShop shop = MeshedShop.start(installation, run, options.port(), progress)) {
      // Ctrl-C is how a demo ends: then this thread is the last to do anything.
      boolean leaveNothing = !options.check() && !keep;
      Thread stop = new Thread(() -> stop(shop, run, leaveNothing), "demo-stop");
      Runtime.getRuntime().addShutdownHook(stop);
      if (options.check()) {
        boolean ok = check(options.names(), shop, progress);
        keep |= !ok;
        return ok ? 0 : 1;
      }
      serve(shop, progress);
      return 0;
    } catch (CheckFailed e) {
      progress.say("FAILED  start: " + e.getMessage());
      keep = true;
      return 1;
    } finally {
      if (keep) {
        progress.say("logs: " + run);
      } else {
        delete(run);
      }
    }
  }

  private static void serve(MeshedShop shop, Progress progress) {
    progress.say(
        """

        Endomesh console   %1$s/

        Three things to try:
          1. Open the graph: %1$s/graph
          2. Shift 10 %% of the calls to inventory v2, and watch the graph:
               ./endomesh apply --controller %1$s -f examples/shop/routes/split.yaml
          3. Let only orders call payments, then see storefront refused:
               ./endomesh apply --controller %1$s -f examples/shop/routes/only-orders.yaml
               curl -X POST %2$s

        Ctrl-C stops everything.\
        """
            .formatted(shop.controller().url(), shop.storefront("/charge-directly")));
    Load purchases = new Load(2, 6, shop::buy);
    Load looks = new Load(2, 10, shop::stock);
    try (purchases;
        looks) {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean check(List<String> names, MeshedShop shop, Progress progress) {
    boolean ok = true;
    for (Check check : CHECKS) {
      if (!names.isEmpty() && !names.contains(check.name())) {
        continue;
      }
      try {
        progress.say("%-8s%-16s %s".formatted("ok", check.name(), check.run(shop)));
      } catch (RuntimeException e) {
        ok = false;
        progress.say(
            "%-8s%-16s %s"
                .formatted(
                    "FAILED",
                    check.name(),
                    e instanceof CheckFailed ? e.getMessage() : e.toString()));
      }
    }
    return ok;
  }

  private static void stop(MeshedShop shop, Path run, boolean leaveNothing) {
    shop.close();
    if (leaveNothing) {
      try {
        delete(run);
      } catch (IOException e) {
        System.err.println(run + " cannot be deleted: " + e);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
