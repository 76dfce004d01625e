package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.seal.KeySource;
import io.endomesh.controller.seal.Seal;
import io.endomesh.controller.seal.SealedDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Secrets at rest: sealed, refused without the key, and what a crash leaves. */
@Timeout(120)
class SealCommandTest {

  private static final String PASSWORD = "a mesh within the JVM";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir Path directory;
  private Path data;
  private Path key;

  @BeforeEach
  void key() throws Exception {
    data = directory.resolve("data");
    key =
        Files.writeString(
            directory.resolve("key"), Base64.getEncoder().encodeToString(new byte[32]) + "\n");
  }

  private ControllerOptions options(@Nullable KeySource sealedBy) {
    return new ControllerOptions(
            "127.0.0.1",
            0,
            null,
            data,
            "endomesh.local",
            Duration.ofSeconds(3),
            null,
            /* loginRequired= */ true)
        .sealedBy(sealedBy);
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Endomesh.configured(new CommandLine(new Endomesh()))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private int seal() {
    return run("controller", "seal", "--data-dir=" + data, "--seal-key-file=" + key);
  }

  private static HttpResponse<String> send(
      Controller controller, String path, String body, String token) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + controller.address().getPort() + path))
            .header("x-endomesh-request", "test")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("authorization", "Bearer " + token);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static int login(Controller controller) throws Exception {
    return send(
            controller,
            "/login",
            "{\"user\":\"anna\",\"password\":\"" + PASSWORD + "\",\"bearer\":true}",
            "")
        .statusCode();
  }

  /** In clear, with a user. Gives what must not change: the root's certificate. */
  private String inClear() throws Exception {
    try (Controller controller = Controller.start(options(null))) {
      addAnna(controller, Files.readString(data.resolve("admin-token")).trim());
    }
    return Files.readString(data.resolve("root.pem"));
  }

  private static void addAnna(Controller controller, String token) throws Exception {
    HttpResponse<String> made =
        send(
            controller,
            "/api/v1/users",
            "{\"name\":\"anna\",\"role\":\"admin\",\"password\":\"" + PASSWORD + "\"}",
            token);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
  }

  /** Every byte of the directory, but for the key that is not in it. */
  private String allBytes() throws Exception {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }

  private void assertSealedAndWhole(String root) throws Exception {
    assertThat(allBytes()).doesNotContain("PRIVATE KEY", "argon2id", "ema_");
    try (Controller controller = Controller.start(options(new KeySource.KeyFile(key)))) {
      assertThat(login(controller)).isEqualTo(200);
    }
    Seal seal =
        SealedDirectory.open(data, new KeySource.KeyFile(key), Files::writeString).orElseThrow();
    assertThat(seal.open("root.pem", Files.readString(data.resolve("root.pem")))).isEqualTo(root);
  }

  @Test
  void newDirectory_withAKey_isSealedFromItsBeginning() throws Exception {
    KeySource source = new KeySource.KeyFile(key);
    String token;
    try (Controller controller = Controller.start(options(source))) {
      assertThat(run("controller", "admin-token", "--data-dir=" + data, "--seal-key-file=" + key))
          .isZero();
      token = out.toString().trim();
      addAnna(controller, token);
    }

    assertThat(token).startsWith("ema_");
    assertThat(allBytes()).doesNotContain("PRIVATE KEY", "argon2id", token);
    try (Controller controller = Controller.start(options(source))) {
      assertThat(login(controller)).isEqualTo(200);
    }
  }

  @Test
  void start_withoutTheKeyOrWithAnother_isRefusedWithASentence() throws Exception {
    inClear();
    assertThatThrownBy(() -> Controller.start(options(new KeySource.KeyFile(key))))
        .hasMessageContaining(data + " is not sealed yet (expected: `endomesh controller seal`");
    assertThat(seal()).as(err.toString()).isZero();
    assertThat(out.toString()).isEqualTo(data + " is sealed: 4 files, 1 users\n");

    assertThatThrownBy(() -> Controller.start(options(null)))
        .hasMessageContaining(data + " is sealed (expected: --seal-key-file or --seal-command");
    Path other =
        Files.writeString(
            directory.resolve("other"),
            Base64.getEncoder().encodeToString("another key of 32 bytes, exactly".getBytes()));
    assertThatThrownBy(() -> Controller.start(options(new KeySource.KeyFile(other))))
        .hasMessageContaining("is not the key of this data directory");
    assertThat(run("controller", "admin-token", "--data-dir=" + data)).isEqualTo(2);
    assertThat(err.toString()).contains("no key (expected: --seal-key-file");
  }

  @Test
  void seal_ofADirectoryInClear_keepsRootAndUsers_andLeavesNothingInClear() throws Exception {
    String root = inClear();

    assertThat(seal()).as(err.toString()).isZero();

    assertSealedAndWhole(root);
    assertThat(seal()).isZero();
    assertThat(out.toString()).isEqualTo(data + " is sealed: 0 files, 0 users\n");
  }

  @Test
  void seal_whileAControllerRuns_isRefused() throws Exception {
    try (Controller controller = Controller.start(options(null))) {
      assertThat(seal()).isEqualTo(1);
      assertThat(err.toString()).contains("in use by another controller");
      assertThat(SealedDirectory.isSealed(data)).isFalse();
    }
  }

  @Test
  void seal_ofNoDirectoryOrWithoutAKey_isRefused() {
    assertThat(seal()).isEqualTo(1);
    assertThat(err.toString()).contains("holds no controller's data");
    assertThat(run("controller", "--data-dir=" + data, "--seal-key-file=a", "--seal-command=b"))
        .isEqualTo(2);
  }

  /** After each step that there is, one after the other. */
  @Test
  void seal_interruptedAfterAnyStep_refusesToStart_andIsFinishedByAnotherRun() throws Exception {
    String root = inClear();
    Map<String, String> files = new LinkedHashMap<>();
    for (String name : List.of("root.pem", "issuer.pem", "trail-key.pem", "admin-token")) {
      files.put(name, Files.readString(data.resolve(name)));
    }
    KeySource source = new KeySource.KeyFile(key);
    Seal seal = SealedDirectory.begin(data, source, Files::writeString);
    assertThatThrownBy(() -> Controller.start(options(null))).hasMessageContaining("is sealed");

    for (Map.Entry<String, String> file : files.entrySet()) {
      String name = file.getKey();
      assertThatThrownBy(() -> Controller.start(options(source)))
          .hasMessageContaining(name + ": is not sealed, although its directory is");
      Files.writeString(data.resolve(name), seal.seal(name, file.getValue()));
    }
    assertThatThrownBy(() -> Controller.start(options(source)))
        .hasMessageContaining("user/anna: is not sealed");

    assertThat(seal()).as(err.toString()).isZero();
    assertThat(out.toString()).isEqualTo(data + " is sealed: 0 files, 1 users\n");
    assertSealedAndWhole(root);
  }

  /** Ends the command as soon as what is sealed looks so. */
  private void kill(Callable<Boolean> when, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Endomesh.class.getName(),
                "controller",
                "seal",
                "--data-dir=" + data,
                "--seal-key-file=" + key));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    while (!when.call() && process.isAlive()) {
      Thread.onSpinWait();
    }
    process.destroyForcibly();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(when.call()).isTrue();
  }

  private Path nextKey() throws Exception {
    return Files.writeString(
        directory.resolve("next"),
        Base64.getEncoder().encodeToString("another key of 32 bytes, exactly".getBytes()));
  }

  private int change(Path next) {
    return run(
        "controller",
        "seal",
        "--data-dir=" + data,
        "--seal-key-file=" + key,
        "--new-seal-key-file=" + next);
  }

  private Seal opened(Path by) throws Exception {
    return SealedDirectory.open(data, new KeySource.KeyFile(by), Files::writeString).orElseThrow();
  }

  @Test
  void newKey_sealsAllAnew_andTheOldOneOpensNothing() throws Exception {
    String root = inClear();
    assertThat(seal()).isZero();
    Seal old = opened(key);
    Path next = nextKey();

    assertThat(change(next)).as(err.toString()).isZero();

    assertThat(out.toString()).isEqualTo(data + " is sealed by the new key: 4 files, 1 users\n");
    assertThatThrownBy(() -> opened(key)).hasMessageContaining("is not the key of this data");
    for (String name : List.of("root.pem", "issuer.pem", "trail-key.pem", "admin-token")) {
      String sealed = Files.readString(data.resolve(name));
      assertThatThrownBy(() -> old.open(name, sealed)).hasMessageContaining("cannot be unsealed");
    }
    assertThat(Files.readString(data.resolve("seal.json")))
        .contains("\"version\" : 1")
        .doesNotContain("previous");
    // Also by who runs it once more, because it was not told that all was done.
    assertThat(change(next)).as(err.toString()).isZero();
    assertThat(out.toString()).isEqualTo(data + " is sealed by the new key: 0 files, 0 users\n");
    key = next;
    assertSealedAndWhole(root);
  }

  @Test
  void newKey_interruptedAtAnyStep_oneOfTheKeysOpensAll_andAnotherRunFinishes() throws Exception {
    String root = inClear();
    assertThat(seal()).isZero();
    Path next = nextKey();
    KeySource from = new KeySource.KeyFile(key);
    KeySource to = new KeySource.KeyFile(next);

    assertThatThrownBy(
            () ->
                SealedDirectory.change(
                    data,
                    from,
                    to,
                    (file, content) -> {
                      throw new IOException("no space left");
                    }))
        .hasMessage("no space left");
    try (Controller controller = Controller.start(options(from))) {
      assertThat(login(controller)).isEqualTo(200);
    }

    Seal seal = SealedDirectory.change(data, from, to, Files::writeString);
    for (String name : List.of("root.pem", "issuer.pem", "trail-key.pem", "admin-token")) {
      assertThatThrownBy(() -> Controller.start(options(from)))
          .hasMessageContaining("is not the key of this data directory");
      try (Controller controller = Controller.start(options(to))) {
        assertThat(login(controller)).isEqualTo(200);
      }
      Path file = data.resolve(name);
      Files.writeString(file, seal.renewed(name, Files.readString(file)));
    }

    assertThat(change(next)).as(err.toString()).isZero();
    assertThat(out.toString()).isEqualTo(data + " is sealed by the new key: 0 files, 1 users\n");
    key = next;
    assertSealedAndWhole(root);
  }

  @Test
  void newKey_killedInTheMidst_theNewKeyOpensAll() throws Exception {
    String root = inClear();
    assertThat(seal()).isZero();
    Path next = nextKey();
    Path file = data.resolve("seal.json");
    String before = Files.readString(file);

    kill(() -> !Files.readString(file).equals(before), "--new-seal-key-file=" + next);

    try (Controller controller = Controller.start(options(new KeySource.KeyFile(next)))) {
      assertThat(login(controller)).isEqualTo(200);
    }
    assertThat(change(next)).as(err.toString()).isZero();
    key = next;
    assertSealedAndWhole(root);
  }

  @Test
  void newKey_thatIsThePresentOne_orOfADirectoryInClear_isRefused() throws Exception {
    inClear();

    assertThat(change(key)).isEqualTo(2);
    assertThat(err.toString()).contains("the new key is the present one (expected: another)");
    assertThat(change(nextKey())).isEqualTo(1);
    assertThat(err.toString()).contains("is not sealed (expected: a key to change)");
    assertThat(SealedDirectory.isSealed(data)).isFalse();
  }

  @Test
  void seal_killedInTheMidst_isFinishedByAnotherRun() throws Exception {
    String root = inClear();

    kill(() -> SealedDirectory.isSealed(data));

    assertThat(seal()).as(err.toString()).isZero();

    assertSealedAndWhole(root);
  }
}
