package io.endomesh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Applications of frameworks, built as these build them and started with one flag that says nothing
 * of a service: they join under the name that the framework gives them, and reach what only the
 * mesh knows.
 */
class FrameworksIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  /** Many times what a workload takes to join. */
  private static final Duration JOINED = Duration.ofSeconds(60);

  /** What the application prints, or Quarkus. */
  private static final Pattern SERVING = Pattern.compile("(?:serving |Listening on: .*:)(\\d+)");

  @TempDir private static Path run;
  private static KnownHost host;
  private static Spoken caller;

  @BeforeAll
  static void start() throws Exception {
    host = new KnownHost(INSTALLATION, run);
    Path classes =
        Path.of(FrameworksIT.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    caller =
        Spoken.start(Installation.java(agent(), "-cp", classes.toString(), "sample.app.Caller"));
  }

  @AfterAll
  static void stop() {
    caller.close();
    host.close();
  }

  private static String agent() throws IOException {
    return host.agent(Files.createTempDirectory(run, "state"), "");
  }

  private static Spoken started(String jar) throws IOException {
    return Spoken.start(
        Installation.java(
            agent(),
            "-XX:TieredStopAtLevel=1",
            "-jar",
            INSTALLATION.home().resolve("examples/starts").resolve(jar).toString()));
  }

  private static String port(Spoken application) throws InterruptedException {
    Matcher serving = SERVING.matcher("");
    while (!serving.find()) {
      serving.reset(application.line("ing "));
    }
    return serving.group(1);
  }

  private static void joinsAs(String service) {
    Await.until(service, JOINED, () -> !host.controller().workloads(service).isEmpty());
  }

  private static void reachesTheHost(String port) {
    String url = "http://127.0.0.1:" + port + "/";
    Await.until(url, JOINED, () -> host.http().get(url).body().equals("status 200"));
  }

  @ParameterizedTest
  @CsvSource({"2.7, boot-two", "3.5, boot-three", "4, boot-four"})
  void springBoot_oneFlag_joinsByItsNameCallsAndIsCalled(String version, String name)
      throws Exception {
    try (Spoken application = started("spring-boot-" + version + "/target/application.jar")) {
      String port = port(application);
      joinsAs(name);
      reachesTheHost(port);
      Await.until("call to " + name, JOINED, () -> caller.calls(name).equals("status 200"));
      assertThat(application.said()).doesNotContain("endomesh WARN", "endomesh ERROR");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "micronaut-4/target/application.jar, micronaut-four",
    "quarkus-3/target/quarkus-app/quarkus-run.jar, quarkus-three"
  })
  void otherServer_oneFlag_joinsByItsNameAndCalls(String jar, String name) throws Exception {
    try (Spoken application = started(jar)) {
      String port = port(application);
      joinsAs(name);
      reachesTheHost(port);
      assertThat(application.said()).doesNotContain("endomesh WARN", "endomesh ERROR");
    }
  }
}
