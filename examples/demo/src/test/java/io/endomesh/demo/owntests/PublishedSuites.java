package io.endomesh.demo.owntests;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.demo.ControllerProcess;
import io.endomesh.demo.Http;
import io.endomesh.demo.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Libraries pass their own published tests in the mesh as they pass them without: each suite is run
 * in a JVM without the agent, and in one whose agent has joined a controller that has no policy.
 * What passed there and not here is run again on both sides, so that a test that fails now and then
 * is not taken for harm, and harm not for a test that fails now and then.
 *
 * <p>Run on demand ({@code ./endomesh test --own-tests}): it takes a quarter of an hour.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class PublishedSuites {

  /** A test that passes without the agent so often, and never with it, is broken by it. */
  private static final int AGAIN = 3;

  private static final int PATIENCE_MINUTES = 25;

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  private static final String PAGE =
      """
      # The libraries' own tests

      Libraries publish the tests that they are held to themselves. `./endomesh test --own-tests` runs each suite twice: in a JVM without
      the agent, and in one whose agent has joined a controller without a policy. With and without, the same tests have to pass. One
      that passed only without the agent is run again on both sides, three times; it is harmed if it passes each time without and
      never with. What fails on both sides lacks a file or a library that is not published with the tests.

      Written by that command, on JDK %s:

      | suite | library | tests | passed without | passed with | harmed |
      | --- | --- | --- | --- | --- | --- |
      %s

      Of Undertow's tests those of its handlers are run: the others need half an hour, or servers that are not there. Each test makes its
      server, its clients and its connections by the hundred, so these suites also show that the agent leaves them alone that long.
      `./endomesh test --own-tests NAME` runs one suite and writes nothing.
      """;

  @TempDir private static Path run;
  private static ControllerProcess controller;
  private static String join = "";
  private static final List<String> ROWS = new ArrayList<>();

  @BeforeAll
  static void start() {
    controller = new ControllerProcess(INSTALLATION, run, new Http(), 0);
    join = controller.joinFile("shop").toString();
  }

  @AfterAll
  static void stop() throws IOException {
    controller.close();
    if (ROWS.size() == Suite.ALL.size()) {
      Files.writeString(
          INSTALLATION.home().resolve("docs/own-tests.md"),
          PAGE.formatted(System.getProperty("java.version"), String.join("\n", ROWS)));
    }
  }

  static Stream<Suite> suites() {
    String only = System.getProperty("own-tests", "");
    return Suite.ALL.stream().filter(suite -> only.isEmpty() || only.equals(suite.name()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("suites")
  void suite_passesInTheMeshAsWithout(Suite suite) throws Exception {
    SuiteRun without = run(suite, List.of(), suite.selected());
    Path state = Files.createTempDirectory(run, suite.name());
    SuiteRun with = run(suite, agent(suite, state), suite.selected());
    assertThat(state).as("what an agent keeps that has joined").isNotEmptyDirectory();

    assertThat(without.passed()).as("tests that pass without the agent").isNotEmpty();
    Set<String> harmed = new TreeSet<>(without.passed());
    harmed.removeAll(with.passed());
    for (int i = 0; i < AGAIN && !harmed.isEmpty(); i++) {
      List<String> selected = selecting(harmed);
      harmed.retainAll(run(suite, List.of(), selected).passed());
      harmed.removeAll(run(suite, agent(suite, state), selected).passed());
    }
    ROWS.add(
        "| %s | %s | %d | %d | %d | %s |"
            .formatted(
                suite.name(),
                jar(suite).getFileName().toString().replace(suite.tests(), ""),
                without.all(),
                without.passed().size(),
                with.passed().size(),
                harmed.isEmpty() ? "none" : String.join(", ", harmed)));
    assertThat(harmed).as("pass without the agent, and never with it").isEmpty();
  }

  private static List<String> agent(Suite suite, Path state) {
    return List.of(
        "-javaagent:%s=join-file=%s,namespace=shop,service=%s,state-dir=%s"
            .formatted(INSTALLATION.agent(), join, suite.name(), state));
  }

  private static List<String> selecting(Set<String> tests) {
    return tests.stream()
        .map(test -> test.substring(0, test.indexOf(' ')))
        .distinct()
        .map(type -> "--include-classname=" + type.replace(".", "\\."))
        .toList();
  }

  private static SuiteRun run(Suite suite, List<String> agent, List<String> selected)
      throws Exception {
    Path reports = Files.createTempDirectory(run, "reports");
    Path output = Files.createTempFile(run, suite.name(), ".log");
    List<String> command = Installation.java("-Djava.io.tmpdir=" + run);
    command.addAll(suite.options());
    command.addAll(agent);
    // Undertow's tests listen where this says, and they run one after the other.
    command.add("-Ddefault.server.port=" + freePort());
    command.addAll(
        List.of(
            "-cp",
            directory(suite) + "/*",
            "org.junit.platform.console.ConsoleLauncher",
            "execute",
            "--scan-classpath=" + jar(suite),
            "--reports-dir=" + reports,
            "--details=none",
            "--disable-banner"));
    command.addAll(
        selected.stream().anyMatch(each -> each.startsWith("--include-classname"))
            ? selected
            : with(selected, "--include-classname=.*(Test|TestCase|\\.Test[A-Z].*)"));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError(suite + " does not end:\n" + tail(output));
    }
    if (!agent.isEmpty()) {
      assertThat(Files.readString(output)).doesNotContain("endomesh ERROR", "suppressed exception");
    }
    return SuiteRun.read(reports);
  }

  private static List<String> with(List<String> some, String more) {
    List<String> all = new ArrayList<>(some);
    all.add(more);
    return all;
  }

  private static String tail(Path output) throws IOException {
    List<String> lines = Files.readAllLines(output);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 50), lines.size()));
  }

  private static Path directory(Suite suite) {
    return INSTALLATION.home().resolve("examples/demo/target/own-tests").resolve(suite.name());
  }

  private static Path jar(Suite suite) {
    try (Stream<Path> jars = Files.list(directory(suite))) {
      return jars.filter(jar -> jar.toString().endsWith(suite.tests())).findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
