package io.endomesh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What goes wrong between real processes: each gives a sentence a user can act on, and the
 * application runs on. What goes wrong within one process is tested where it is read.
 */
@Timeout(180)
class BadInputIT {

  private static final Installation INSTALLATION =
      new Installation(Path.of(System.getProperty("endomesh.home")));

  /** How {@code endomesh check} ends then. */
  private static final int FOUND_SOMETHING = 10;

  private static final String KNOWN_STATE = "; going on with what is known, and trying again";

  @TempDir private static Path run;
  private static Http http;
  private static ControllerProcess controller;

  @BeforeAll
  static void start() {
    http = new Http();
    controller = new ControllerProcess(INSTALLATION, run, http, 0);
  }

  @AfterAll
  static void stop() {
    controller.close();
  }

  private static List<String> app(String... options) throws Exception {
    List<String> command = Installation.java(options);
    command.add("-cp");
    command.add(
        Path.of(BadInputIT.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString());
    command.add("sample.app.Caller");
    return command;
  }

  private static List<String> joined(String join, String more) throws Exception {
    Path state = Files.createTempDirectory(run, "state");
    return app(
        "-javaagent:%s=join=%s,namespace=shop,state-dir=%s%s"
            .formatted(INSTALLATION.agent(), join, state, more));
  }

  private static String goodJoin() throws Exception {
    return Files.readString(controller.joinFile("shop")).strip();
  }

  private static void runsOn(Spoken app) throws Exception {
    app.say("");
    app.line("called status 204");
    assertThat(app.end()).isZero();
  }

  @Test
  void join_tokenExpired_saysWhenAndHowToGetAnother() throws Exception {
    String answer =
        http.post(
                controller.url() + "/api/v1/tokens",
                "application/json",
                "{\"namespace\":\"shop\",\"service\":\"*\",\"ttlSeconds\":1}")
            .body();
    String join = group("\"joinString\":\"([^\"]+)\"", answer);
    Instant expires = Instant.parse(group("\"expiresAt\":\"([^\"]+)\"", answer));
    Await.until("the token's end", Duration.ofSeconds(10), () -> Instant.now().isAfter(expires));

    try (Spoken app = Spoken.start(joined(join, ""))) {
      assertThat(app.line("endomesh WARN controller "))
          .contains("join token ", " expired at ")
          .contains("(make a new join string with `endomesh token create`)")
          .endsWith(KNOWN_STATE)
          .doesNotContain(join);
      runsOn(app);
    }
  }

  @Test
  void join_tokenUsedUp_saysHowOftenAndHowToGetAnother() throws Exception {
    String join =
        controller.endomesh(0, "token", "create", "-n", "shop", "--service=first", "--uses=1");
    try (Spoken first = Spoken.start(joined(join.strip(), ",service=first"))) {
      Await.until(
          "the workload", Duration.ofSeconds(30), () -> !controller.workloads("first").isEmpty());
      assertThat(controller.endomesh(0, "token", "list")).contains("0 of 1");

      try (Spoken second = Spoken.start(joined(join.strip(), ",service=first"))) {
        assertThat(second.line("endomesh WARN controller "))
            .contains("no certificate: ", "join token ", " was used 1 of 1 times")
            .contains("(make a new join string with `endomesh token create`, --uses says for how")
            .endsWith(KNOWN_STATE)
            .doesNotContain(join.strip());
        runsOn(second);
      }
      runsOn(first);
    }
  }

  @Test
  void join_fingerprintOfAnotherAuthority_namesBothAndSendsNoToken() throws Exception {
    String join = goodJoin();
    String json =
        new String(Base64.getUrlDecoder().decode(join.substring(4)), StandardCharsets.UTF_8)
            .replaceFirst("sha256:[0-9a-f]{64}", "sha256:" + "0".repeat(64));
    String other =
        "em1."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.getBytes(StandardCharsets.UTF_8));

    try (Spoken app = Spoken.start(joined(other, ""))) {
      assertThat(app.line("endomesh WARN controller "))
          .contains("the controller's root certificate is sha256:", "(expected: sha256:0000")
          .contains("make a new join string with `endomesh token create`")
          .endsWith(KNOWN_STATE);
      runsOn(app);
    }
    assertThat(controller.api("tokens").toString()).contains("\"lastUsedAt\":null");
  }

  @Test
  void call_unknownService_failsAsWithoutTheMeshAndOthersGoOn() throws Exception {
    String unknown = "no-such-service.invalid";
    String alone;
    try (Spoken app = Spoken.start(app())) {
      app.say(unknown);
      alone = app.line("called ");
      runsOn(app);
    }
    assertThat(alone).isEqualTo("called java.net.ConnectException");

    try (Spoken app = Spoken.start(joined(goodJoin(), ",service=lonely"))) {
      Await.until(
          "the workload", Duration.ofSeconds(30), () -> !controller.workloads("lonely").isEmpty());
      app.say(unknown);
      assertThat(app.line("called ")).isEqualTo(alone);
      runsOn(app);
      assertThat(app.said()).doesNotContain("WARN", "ERROR");
    }
  }

  @Test
  void library_ofAVersionThatIsNotKnown_isLeftAloneAndTheControllerShowsWhy() throws Exception {
    String classPath = System.getProperty("java.class.path");
    String tomcat =
        Stream.of(classPath.split(File.pathSeparator))
            .filter(jar -> jar.contains("tomcat-embed-core"))
            .findFirst()
            .orElseThrow();
    Path future = FutureLibrary.of(Path.of(tomcat), run, Map.of("setSocketOptions", "configure"));
    List<String> command = joined(goodJoin(), ",service=modern");
    command.subList(command.indexOf("-cp") + 1, command.size()).clear();
    command.addAll(List.of(future + File.pathSeparator + classPath, "sample.echo.Echo", "modern"));

    try (Spoken app = Spoken.start(command)) {
      String missing =
          "this version of the library has no org.apache.tomcat.util.net.NioEndpoint"
              + "#setSocketOptions(java.nio.channels.SocketChannel)";
      String port = app.after("serving ");
      assertThat(http.get("http://127.0.0.1:" + port + "/x").json().get("path").asText())
          .as("the application runs on")
          .isEqualTo("/x");
      Await.until(
          "the controller's knowledge",
          Duration.ofSeconds(30),
          () ->
              controller.workloads("modern").stream()
                  .flatMap(workload -> workload.get("instrumentations").valueStream())
                  .anyMatch(
                      each ->
                          each.get("name").asText().equals("tomcat")
                              && !each.get("enabled").asBoolean()
                              && each.get("reason").asText().equals(missing)));
      assertThat(controller.endomesh(FOUND_SOMETHING, "check"))
          .contains("instrumentation tomcat is off: " + missing);
      assertThat(app.end()).isZero();
      assertThat(app.said())
          .containsOnlyOnce("endomesh WARN instrumentation tomcat is off for the class loader app")
          .contains(missing + " (expected: a version that docs/compatibility.md lists)")
          .doesNotContain("ERROR");
    }
  }

  @Test
  void stateDirectory_diskFull_saysOnceWhatThatMeansAndTheWorkloadJoins() throws Exception {
    List<String> command = joined(goodJoin(), ",service=cramped");
    // Its own performance counters are a file, too.
    command.add(1, "-XX:-UsePerfData");

    try (Spoken app = Spoken.start(Spoken.withFilesUpTo(0, command))) {
      assertThat(app.line("endomesh WARN "))
          .contains("last known good state cannot be kept in ")
          .contains("(expected: a directory with free space that this process may write)")
          .endsWith("should this service restart while the controller is away, it starts without");
      Await.until(
          "the workload", Duration.ofSeconds(30), () -> !controller.workloads("cramped").isEmpty());
      runsOn(app);
      assertThat(app.said()).containsOnlyOnce("WARN").doesNotContain("ERROR");
    }
  }

  @Test
  void controllerStore_diskFull_refusesInASentenceAndServesOn() throws Exception {
    // Room for the native libraries that are unpacked at the start, and for some resources.
    int kilobytes = 16 << 10;
    Path data = run.resolve("cramped");
    List<String> command =
        Installation.java(
            "-XX:-UsePerfData",
            "-jar",
            INSTALLATION.controller().toString(),
            "controller",
            "--port=0",
            "--data-dir=" + data);
    try (Spoken cramped = Spoken.start(Spoken.withFilesUpTo(kilobytes, command))) {
      String url = group("(http://127\\.0\\.0\\.1:\\d+)", cramped.line("http://127.0.0.1:"));
      List<Integer> revisions = new ArrayList<>();
      Http.Answer answer = apply(url, 0);
      while (answer.ok() && revisions.size() < 100) {
        revisions.add(revisions.size());
        answer = apply(url, revisions.size());
      }

      assertThat(answer.status()).isEqualTo(507);
      assertThat(answer.json().at("/error/message").asText())
          .startsWith("store: " + data)
          .contains("free space")
          .endsWith("; nothing was applied");
      assertThat(http.get(url + "/api/v1/resources?namespace=shop").json().get("items"))
          .hasSameSizeAs(revisions)
          .isNotEmpty();
      assertThat(http.get(url + "/healthz").ok()).isTrue();
    }
  }

  /** A service with a megabyte to remember. */
  private static Http.Answer apply(String url, int number) {
    return http.post(
        url + "/api/v1/apply",
        "application/yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: big-%d, namespace: shop, annotations: {note: "%s"}}
        spec: {selector: {app: big}}
        """
            .formatted(number, "x".repeat(1 << 20)));
  }

  private static String group(String pattern, String text) {
    var matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }
}
