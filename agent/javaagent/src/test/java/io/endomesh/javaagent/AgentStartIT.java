package io.endomesh.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The application comes first, whatever the agent is told and wherever it runs. */
class AgentStartIT {

  private static final String EMPTY = "sample.app.Empty";
  private static final String CALLER = "sample.app.HttpCaller";

  /** What an application of modules brings that asks for no more than it uses. */
  private static final String FEW_MODULES =
      "java.base,java.instrument,java.net.http,jdk.httpserver";

  @TempDir private Path directory;

  /** A well-formed join string for a controller that is not there. */
  private static String joinNobody() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    String json =
        "{\"controller\":\"127.0.0.1:%d\",\"token\":\"emt_test\",\"ca\":\"sha256:%s\"}"
            .formatted(port, "0".repeat(64));
    return "em1."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private String joined(String more) throws Exception {
    return AppJvm.agentOption(
        "join=" + joinNobody() + ",state-dir=" + directory.resolve("state") + more);
  }

  @Test
  void start_withoutJoinString_appRunsAndNothingIsWoven() throws Exception {
    AppJvm jvm = AppJvm.run(directory, CALLER, AppJvm.agentOption("log-level=debug"));

    assertThat(jvm.exitCode()).isZero();
    assertThat(jvm.out()).contains("status 204");
    assertThat(jvm.err()).contains("no join string is set").doesNotContain("wove");
  }

  @Test
  void start_disabled_saysNothing() throws Exception {
    AppJvm byArgument = AppJvm.run(directory, EMPTY, AppJvm.agentOption("enabled=false"));
    AppJvm byProperty =
        AppJvm.run(directory, EMPTY, "-Dendomesh.enabled=false", AppJvm.agentOption("join=x"));

    assertThat(byArgument.out()).contains("app ran");
    assertThat(byArgument.err()).isEmpty();
    assertThat(byProperty.out()).contains("app ran");
    assertThat(byProperty.err()).isEmpty();
  }

  @Test
  void start_recordingAnAotCache_doesNothing() throws Exception {
    AppJvm jvm = AppJvm.run(directory, EMPTY, AppJvm.agentOption("aot_training=true,join=x"));

    assertThat(jvm.out()).contains("app ran");
    assertThat(jvm.err()).isEmpty();
  }

  @Test
  void start_inTheJdksTools_doesNothing() throws Exception {
    AppJvm jvm = AppJvm.tool(directory, "keytool", "-help");

    assertThat(jvm.exitCode()).isZero();
    assertThat(jvm.err()).doesNotContain("endomesh WARN").doesNotContain("endomesh INFO");
  }

  @Test
  void start_twice_secondIsLeftOut() throws Exception {
    AppJvm jvm =
        AppJvm.run(directory, EMPTY, AppJvm.agentOption("service=a"), AppJvm.agentOption(""));

    assertThat(jvm.exitCode()).isZero();
    assertThat(jvm.out()).contains("app ran");
    assertThat(jvm.err())
        .containsOnlyOnce("no join string is set")
        .contains("-javaagent names the agent twice; the first one is in use");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "servce=orders", "discovery-timeout=soon", "labels=,;=:"})
  void start_badArgument_saysWhatWasExpectedAndAppRuns(String argument) throws Exception {
    AppJvm jvm = AppJvm.run(directory, EMPTY, AppJvm.agentOption(argument));

    assertThat(jvm.exitCode()).isZero();
    assertThat(jvm.out()).contains("app ran");
    assertThat(jvm.err()).contains("endomesh WARN ").contains("(expected: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "em1.", "em1.%%%", "em1.e30", "em1.eyJjb250cm9sbGVyIj"})
  void start_unreadableJoinString_saysSoWithoutRepeatingItAndAppRuns(String join) throws Exception {
    AppJvm jvm = AppJvm.run(directory, CALLER, AppJvm.agentOption("join=" + join));

    assertThat(jvm.exitCode()).isZero();
    assertThat(jvm.out()).contains("status 204");
    assertThat(jvm.err())
        .contains("endomesh ERROR join string: ")
        .contains("the application runs without the mesh");
  }

  @Test
  void start_joinFileMissing_saysSoAndAppRuns() throws Exception {
    AppJvm jvm =
        AppJvm.run(
            directory, EMPTY, AppJvm.agentOption("join-file=" + directory.resolve("missing")));

    assertThat(jvm.exitCode()).isZero();
    assertThat(jvm.out()).contains("app ran");
    assertThat(jvm.err()).contains("join-file: ").contains("(expected: a readable file");
  }

  @Test
  void start_applicationOfFewModules_saysWhichToAddAndAppRuns() throws Exception {
    AppJvm jvm =
        AppJvm.run(directory, CALLER, "--limit-modules", FEW_MODULES, joined(",log-level=debug"));

    assertThat(jvm.exitCode()).isZero();
    assertThat(jvm.out()).contains("status 204");
    assertThat(jvm.err())
        .containsOnlyOnce("endomesh WARN")
        .contains("(expected: --add-modules java.logging,jdk.unsupported on its command line")
        .doesNotContain("endomesh ERROR", "wove");
  }

  @Test
  void start_applicationOfFewModulesAndThoseToAdd_isWovenAndConnects() throws Exception {
    AppJvm jvm =
        AppJvm.run(
            directory,
            CALLER,
            "--limit-modules",
            FEW_MODULES + ",java.logging,jdk.unsupported",
            joined(",log-level=debug"));

    assertThat(jvm.exitCode()).isZero();
    assertThat(jvm.out()).contains("status 204");
    assertThat(jvm.err())
        .contains("wove jdk.internal.net.http.HttpClientImpl")
        .doesNotContain("endomesh ERROR", "NoClassDefFoundError", "Exception in thread");
  }

  @Test
  void start_damagedJar_appRuns() throws Exception {
    Path damaged = directory.resolve("damaged.jar");
    AgentJarIT.copyWithout(AppJvm.agent(), damaged, "inst/io/endomesh/javaagent/Agent.classdata");

    AppJvm jvm = AppJvm.run(directory, EMPTY, "-javaagent:" + damaged + "=join=x");

    assertThat(jvm.exitCode()).isZero();
    assertThat(jvm.out()).contains("app ran");
    assertThat(jvm.err())
        .contains("endomesh ERROR the agent could not start, the application runs without it");
  }

  @Test
  void start_controllerAway_emptyProgramExitsAndSeesNothingOfTheAgent() throws Exception {
    AppJvm jvm = AppJvm.run(directory, EMPTY, joined(""));

    assertThat(jvm.exitCode()).isZero();
    assertThat(jvm.out())
        .contains("app ran")
        .contains("agent keeps the JVM alive: false")
        .contains("agent classes visible: false");
  }

  @Test
  void start_controllerAway_classesAreWovenAndCallsGoOn() throws Exception {
    AppJvm jvm = AppJvm.run(directory, CALLER, joined(",log-level=debug"));

    assertThat(jvm.exitCode()).isZero();
    assertThat(jvm.out()).contains("status 204");
    assertThat(jvm.err())
        .contains("wove jdk.internal.net.http.HttpClientImpl for java-http-client")
        .doesNotContain("suppressed")
        .doesNotContain("could not weave")
        .doesNotContain("is off for");
  }

  @Test
  void weaving_classOfTheBootLoaderLoadedBeforeTheAgent_isWovenWithTheFirstHit() throws Exception {
    AppJvm jvm = AppJvm.run(directory, CALLER, joined(",log-level=debug"));

    // ThreadPoolExecutor wakes nobody; it is found among what is loaded already.
    assertThat(jvm.err())
        .contains("wove java.util.concurrent.ThreadPoolExecutor for java-concurrent");
  }

  @Test
  void weaving_switchedOff_leavesItsClassesAlone() throws Exception {
    AppJvm jvm =
        AppJvm.run(
            directory,
            CALLER,
            joined(",log-level=debug,instrumentation.java-http-client.enabled=false"));

    assertThat(jvm.out()).contains("status 204");
    assertThat(jvm.err()).doesNotContain("for java-http-client");
  }

  @Test
  void weaving_alreadyLoadedBecauseOfAnotherAgent_isWoven() throws Exception {
    Path early = AgentJarIT.agentThatLoads(directory, "jdk.internal.net.http.HttpClientImpl");

    String woven = "wove jdk.internal.net.http.HttpClientImpl for java-http-client";

    // Beside the application, which does not wait for it.
    AppJvm jvm =
        AppJvm.runUntilItSays(
            directory,
            woven,
            CALLER,
            "-Dstays=true",
            "-javaagent:" + early,
            joined(",log-level=debug"));

    assertThat(jvm.out()).contains("status 204");
    assertThat(jvm.err()).contains(woven);
    assertThat(Files.exists(early)).isTrue();
  }

  @Test
  void weaving_libraryOfAnotherVersion_isLeftAloneAndNamesWhatIsMissing() throws Exception {
    AppJvm jvm = AppJvm.run(directory, "sample.app.OldTomcat", joined(""));

    assertThat(jvm.exitCode()).isZero();
    assertThat(jvm.out()).contains("old library started");
    assertThat(jvm.err())
        .containsOnlyOnce("instrumentation tomcat is off for the class loader app: ")
        .contains(
            "this version of the library has no org.apache.coyote.AbstractProtocol"
                + "#closeServerSocketGraceful|pause|stop()")
        .contains("docs/compatibility.md")
        .doesNotContain("suppressed");
  }
}
