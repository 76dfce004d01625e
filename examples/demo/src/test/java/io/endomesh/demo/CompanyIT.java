package io.endomesh.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The agent among what else a JVM may have: other agents before and behind it, archives of classes,
 * modules, little memory, a disk that is not written to. Each time a host that only the mesh knows
 * is reached, and nothing is complained of.
 */
class CompanyIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  /** The whole of a small container, as Kubernetes counts it: what is resident. */
  private static final long SMALL_KILOBYTES = 256 << 10;

  /** Many times what a workload takes to join. */
  private static final Duration JOINED = Duration.ofSeconds(60);

  @TempDir private static Path run;
  private static KnownHost host;

  @BeforeAll
  static void start() throws IOException {
    host = new KnownHost(INSTALLATION, run);
  }

  @AfterAll
  static void stop() {
    host.close();
  }

  private static String withState(String service) throws IOException {
    return host.agent(Files.createTempDirectory(run, "state"), ",service=" + service);
  }

  private static String withState() throws IOException {
    return withState("company");
  }

  private static List<String> application(String... options) throws Exception {
    List<String> command = Installation.java(options);
    command.addAll(List.of("-cp", classes().toString(), "sample.app.Caller"));
    return command;
  }

  private static Path classes() throws Exception {
    return Path.of(CompanyIT.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static Path other(String name) throws IOException {
    try (var files = Files.list(INSTALLATION.home().resolve("examples/demo/target/agents"))) {
      return files.filter(file -> file.toString().contains(name)).findFirst().orElseThrow();
    }
  }

  /** What the application and everybody in it said, once it has reached the host and ended. */
  private static String reachesTheHost(List<String> command) throws Exception {
    host.traceparents().clear();
    try (Spoken application = Spoken.start(command)) {
      // A call does not wait for a controller that is slow to answer: it goes where it went.
      Await.until("the host", JOINED, () -> application.calls(KnownHost.NAME).equals("status 200"));
      assertThat(application.end()).as(application.said()).isZero();
      assertThat(application.said()).doesNotContain("endomesh WARN", "endomesh ERROR");
      return application.said();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void jacoco_beforeAndBehind_bothWork(boolean before) throws Exception {
    Path covered = run.resolve("covered-" + before);
    String jacoco = "-javaagent:%s=destfile=%s".formatted(other("jacoco"), covered);

    reachesTheHost(before ? application(jacoco, withState()) : application(withState(), jacoco));

    assertThat(Files.readString(covered, ISO_8859_1)).contains("sample/app/Caller");
  }

  /** A span as the OpenTelemetry agent prints it: name, trace, span, kind. */
  private static final Pattern PRINTED =
      Pattern.compile("'[^']*' : ([0-9a-f]{32}) ([0-9a-f]{16}) ([A-Z]+) ");

  private static final Pattern TRACEPARENT = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-..");

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void openTelemetry_beforeAndBehind_isOneTraceAndOneSpanOfEachCall(boolean before)
      throws Exception {
    String open = "-javaagent:" + other("opentelemetry");
    List<String> command =
        Installation.java(
            before ? open : withState(),
            before ? withState() : open,
            "-Dotel.traces.exporter=console",
            "-Dotel.metrics.exporter=none",
            "-Dotel.logs.exporter=none",
            // That agent needs a whole core for seconds, most of it for compiling.
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "sample.app.Front",
            KnownHost.NAME);

    try (Spoken application = Spoken.start(command)) {
      String port = application.after("serving ");
      Await.until("the host", JOINED, () -> application.calls(KnownHost.NAME).equals("status 200"));
      host.traceparents().clear();
      assertThat(application.calls(KnownHost.NAME)).isEqualTo("status 200");
      Matcher alone = traceparent();
      assertThat(host.http().get("http://127.0.0.1:" + port).body()).isEqualTo("status 200");
      Matcher within = traceparent();
      String client = alone.group(2);
      String nested = within.group(2);
      JsonNode ours = ours(alone.group(1), 1);
      JsonNode oursWithin = ours(within.group(1), 2);
      assertThat(application.end()).as(application.said()).isZero();

      Map<String, String> theirs = printed(application.said(), alone.group(1));
      assertThat(theirs).containsExactly(entry(client, "CLIENT"));
      assertThat(ours).extracting(CompanyIT::kindAndParent).containsExactly("CLIENT of " + client);
      Map<String, String> theirsWithin = printed(application.said(), within.group(1));
      assertThat(theirsWithin.values()).containsExactlyInAnyOrder("CLIENT", "SERVER");
      assertThat(theirsWithin).contains(entry(nested, "CLIENT"));
      theirsWithin.remove(nested);
      String server = theirsWithin.keySet().iterator().next();
      assertThat(oursWithin)
          .extracting(CompanyIT::kindAndParent)
          .containsExactlyInAnyOrder("SERVER of " + server, "CLIENT of " + nested);
      assertThat(application.said()).doesNotContain("endomesh WARN", "endomesh ERROR");
    }
  }

  /** The one that the host was sent, and no second. */
  private static Matcher traceparent() throws InterruptedException {
    List<String> sent = host.traceparents().poll(JOINED.toSeconds(), TimeUnit.SECONDS);
    assertThat(sent).hasSize(1);
    Matcher parent = TRACEPARENT.matcher(sent.get(0));
    assertThat(parent.matches()).as(sent.get(0)).isTrue();
    return parent;
  }

  /** Kinds of its spans that the other agent printed, by their ids. */
  private static Map<String, String> printed(String said, String trace) {
    Map<String, String> kinds = new HashMap<>();
    Matcher printed = PRINTED.matcher(said);
    while (printed.find()) {
      if (printed.group(1).equals(trace)) {
        kinds.put(printed.group(2), printed.group(3));
      }
    }
    return kinds;
  }

  /** What the controller knows of a trace, once as many spans are there. */
  private static JsonNode ours(String trace, int spans) {
    String url = host.controller().url() + "/api/v1/traces/" + trace;
    Await.until(
        spans + " spans of " + trace,
        JOINED,
        () ->
            host.http().get(url).ok() && host.http().get(url).json().get("spans").size() >= spans);
    return host.http().get(url).json().get("spans");
  }

  private static String kindAndParent(JsonNode span) {
    return span.get("kind").asText() + " of " + span.get("parentSpanId").asText();
  }

  @Test
  void classArchive_recordedWithoutTheAgent_isNoHindrance() throws Exception {
    Path jar = jar();
    Path archive = run.resolve("company.jsa");
    ends(java(jar, "-XX:ArchiveClassesAtExit=" + archive));
    assertThat(archive).isNotEmptyFile();

    reachesTheHost(java(jar, "-XX:SharedArchiveFile=" + archive, withState()));
  }

  /** JEP 514. */
  @Test
  void aotCache_recordedWithoutTheAgent_isNoHindrance() throws Exception {
    String newer = jdk25();
    Path jar = jar();
    Path cache = run.resolve("company.aot");
    ends(on(newer, java(jar, "-XX:AOTCacheOutput=" + cache)));
    assertThat(cache).isNotEmptyFile();

    reachesTheHost(on(newer, java(jar, "-XX:AOTCache=" + cache, withState())));
  }

  @Test
  void application_ofModules_isInTheMesh() throws Exception {
    Path module = Files.createDirectories(run.resolve("module"));
    Path declaration = Files.createDirectories(run.resolve("declared")).resolve("module-info.java");
    Files.writeString(
        declaration, "module company { requires java.net.http; requires jdk.httpserver; }");
    tool("javac", "-d", module.toString(), declaration.toString());
    Path caller = Path.of("sample/app/Caller.class");
    Files.createDirectories(module.resolve(caller).getParent());
    Files.copy(classes().resolve(caller), module.resolve(caller));

    // What the agent says is missing, if it is.
    String added = "--add-modules=java.logging,jdk.unsupported";
    reachesTheHost(
        Installation.java(
            withState(), added, "-p", module.toString(), "-m", "company/sample.app.Caller"));
  }

  /** {@code /proc} lets nobody make a file, not even who may write everywhere. */
  @Test
  void fileSystem_readOnly_costsTheStateKeptAndNothingElse() throws Exception {
    List<String> command =
        application(
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=/proc",
            host.agent(Path.of("/proc/none"), ",service=company"));

    try (Spoken application = Spoken.start(command)) {
      Await.until("the host", JOINED, () -> application.calls(KnownHost.NAME).equals("status 200"));
      assertThat(application.end()).as(application.said()).isZero();
      assertThat(application.said())
          .containsOnlyOnce("endomesh WARN")
          .contains("last known good state cannot be kept in /proc/none")
          .doesNotContain("endomesh ERROR");
    }
  }

  /** A Spring Boot service, under the flags that a JVM sets itself in a container of that size. */
  @Test
  void container_of256Megabytes_isEnoughForASpringBootService() throws Exception {
    List<String> command =
        Installation.java(
            "-XX:MaxRAM=256m",
            "-XX:+UseSerialGC",
            "-Dserver.port=0",
            withState("small"),
            "-jar",
            INSTALLATION.service("payments").toString());

    try (Spoken application = Spoken.start(command)) {
      application.line("Started ");
      Await.until("the workload", JOINED, () -> !host.controller().workloads("small").isEmpty());
      Path status = Path.of("/proc", Long.toString(application.pid()), "status");
      assumeTrue(Files.exists(status), "skipped, " + status + " is Linux's");
      String highest = Files.readString(status).replaceAll("(?s).*VmHWM:\\s*(\\d+) kB.*", "$1");
      assertThat(Long.parseLong(highest)).as("resident, in kB").isLessThan(SMALL_KILOBYTES);
    }
  }

  private static Path jar() throws Exception {
    Path jar = run.resolve("company.jar");
    tool("jar", "--create", "--file", jar.toString(), "-C", classes().toString(), "sample/app");
    return jar;
  }

  private static void tool(String name, String... arguments) {
    ToolProvider tool = ToolProvider.findFirst(name).orElseThrow();
    assertThat(tool.run(System.out, System.err, arguments)).as(name).isZero();
  }

  private static List<String> java(Path jar, String... options) {
    List<String> command = Installation.java(options);
    command.addAll(List.of("-cp", jar.toString(), "sample.app.Caller"));
    return command;
  }

  private static List<String> on(String jdk, List<String> command) {
    command.set(0, Path.of(jdk, "bin", "java").toString());
    return command;
  }

  private static String jdk25() throws Exception {
    Process found =
        new ProcessBuilder(INSTALLATION.home().resolve(".ci/jdk").toString(), "25")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String home = new String(found.getInputStream().readAllBytes(), UTF_8).strip();
    if (home.isEmpty() && System.getenv("CI") == null) {
      Assumptions.abort("skipped, no JDK 25 (expected: JDK25_HOME, or one in /usr/lib/jvm)");
    }
    assertThat(home).as("home of JDK 25").isNotEmpty();
    return home;
  }

  private static void ends(List<String> command) throws Exception {
    try (Spoken application = Spoken.start(command)) {
      assertThat(application.calls("")).isEqualTo("status 204");
      assertThat(application.end()).as(application.said()).isZero();
    }
  }
}
