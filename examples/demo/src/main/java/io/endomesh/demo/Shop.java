package io.endomesh.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The services of the shop, each a JVM of its own. They are started as their developers would, plus
 * the one flag.
 */
final class Shop implements AutoCloseable {

  static final Duration START = Duration.ofSeconds(90);

  private static final Pattern TOMCAT_PORT = Pattern.compile("Tomcat started on port (\\d+)");
  private static final Pattern GRPC_PORT = Pattern.compile("listens on port (\\d+)");

  /** A demo shop runs on a laptop beside other things. */
  private static final List<String> SMALL_JVM =
      List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final Installation installation;
  private final Path run;
  private final Map<String, Child> running = new HashMap<>();

  Shop(Installation installation, Path run) {
    this.installation = installation;
    this.run = run;
  }

  /**
   * One service to start.
   *
   * @param jar which service it is
   * @param name of this process in the demo
   * @param agentArguments null runs it without the agent
   * @param environment of the application itself
   */
  record Launch(
      String jar,
      String name,
      @org.jspecify.annotations.Nullable String agentArguments,
      Map<String, String> environment) {}

  Child start(Launch launch) {
    List<String> options = new ArrayList<>(SMALL_JVM);
    options.add(Installation.temporaryFilesIn(run));
    if (launch.agentArguments() != null) {
      options.add("-javaagent:" + installation.agent() + "=" + launch.agentArguments());
    }
    options.add("-jar");
    options.add(installation.service(launch.jar()).toString());
    Map<String, String> environment = new HashMap<>(launch.environment());
    environment.put("SERVER_PORT", "0");
    environment.put("INVENTORY_PORT", "0");
    Child child =
        Child.start(
            launch.name(), run, environment, Installation.java(options.toArray(String[]::new)));
    running.put(launch.name(), child);
    return child;
  }

  Child child(String name) {
    Child child = running.get(name);
    if (child == null) {
      throw new IllegalArgumentException("name: " + name + " (expected: one of " + running + ")");
    }
    return child;
  }

  /** The port a started service bound, read from its own log. */
  int port(String name) {
    Child child = child(name);
    return Integer.parseInt(
        child.awaitOutput(name.startsWith("inventory") ? GRPC_PORT : TOMCAT_PORT, START));
  }

  @Override
  public void close() {
    running.values().parallelStream().forEach(Child::close);
  }
}
