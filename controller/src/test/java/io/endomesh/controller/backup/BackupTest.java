package io.endomesh.controller.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.TestWorkload;
import io.endomesh.controller.cli.Cli;
import io.endomesh.controller.seal.KeySource;
import io.endomesh.controller.seal.Seal;
import io.endomesh.controller.seal.SealedDirectory;
import io.endomesh.proto.v1.ControllerMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All of a controller in a file, and another controller made of it. */
@Timeout(120)
class BackupTest {

  private static final String PASSWORD = "correct horse battery";

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;
  private Path data;
  private Path elsewhere;
  private Path backup;

  @BeforeEach
  void paths() {
    data = directory.resolve("data");
    elsewhere = directory.resolve("elsewhere");
    backup = directory.resolve("mesh.backup");
  }

  @Test
  void backup_underWrites_restoredElsewhere_trustAndLoginsHold() throws Exception {
    KeySource key = key();
    String apiToken;
    Path trust = Files.createDirectory(directory.resolve("trust"));
    TestWorkload orders;
    AtomicInteger acknowledged = new AtomicInteger();
    int before;
    String wrong;
    try (Controller controller = Controller.start(options(data, key, /* login= */ false))) {
      send(controller, "POST", "/api/v1/users", user("anna"), "");
      apiToken =
          JSON.readTree(
                  send(
                      controller,
                      "POST",
                      "/api/v1/api-tokens",
                      "{\"scopes\":[\"read\"],\"ttlSeconds\":600}",
                      ""))
              .required("token")
              .asText();
      Seal seal = SealedDirectory.open(data, key, Files::writeString).orElseThrow();
      Files.writeString(
          trust.resolve("root.pem"),
          seal.open("root.pem", Files.readString(data.resolve("root.pem"))));
      orders = TestWorkload.start(controller, trust, "shop", "orders", "orders-1");
      assertThat(orders.join(Map.of(), 8080)).isInstanceOf(ControllerMessage.class);

      AtomicBoolean enough = new AtomicBoolean();
      CountDownLatch some = new CountDownLatch(20);
      Thread writer = new Thread(() -> count(controller, acknowledged, some, enough), "writer");
      writer.start();
      some.await();
      before = acknowledged.get();
      Cli.Said said = Cli.run("backup", backup.toString(), "--controller=" + url(controller));
      enough.set(true);
      writer.join();
      assertThat(said.exit()).as(said.err()).isZero();
      assertThat(said.out()).contains("1 resources", "1 users", "its secrets are sealed");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
          .isEqualTo("rw-------");
      wrong = Cli.run("backup", backup.toString(), "--controller=" + url(controller)).err();
      assertThat(send(controller, "GET", "/api/v1/audit", "", "")).contains("\"backup\"");
    }
    assertThat(wrong).contains("mesh.backup exists (expected: a new file)");
    assertThat(unzipped())
        .contains("root.pem", "user/anna")
        .doesNotContain("PRIVATE KEY", "argon2id", "ema_");

    Cli.Said restored = Cli.run("restore", backup.toString(), "--data-dir=" + elsewhere);

    assertThat(restored.exit()).as(restored.err()).isZero();
    assertThat(restored.out()).contains("1 resources", "It is sealed");
    assertThatThrownBy(() -> Controller.start(options(elsewhere, null, /* login= */ true)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is sealed (expected: --seal-key-file");
    try (Controller again = Controller.start(options(elsewhere, key, /* login= */ true))) {
      JsonNode counted =
          JSON.readTree(
              send(again, "GET", "/api/v1/namespaces/shop/services/counted", "", apiToken));
      int kept = counted.findValue("annotations").path("number").asInt();
      assertThat(kept).isBetween(before, acknowledged.get() + 1);
      JsonNode history = JSON.readTree(send(again, "GET", "/api/v1/history?limit=1", "", apiToken));
      assertThat(history.findValue("revision").asInt()).isEqualTo(kept);
      String login = "{\"user\":\"anna\",\"password\":\"" + PASSWORD + "\",\"bearer\":true}";
      String session =
          JSON.readTree(send(again, "POST", "/login", login, "")).findValue("token").asText();
      assertThat(send(again, "GET", "/api/v1/audit", "", session)).contains("user.create");
      // By the root that it knows, and with the certificate that it has.
      orders.reconnect(again);
      orders.answers.clear();
      assertThat(orders.join(Map.of(), 8080)).isInstanceOf(ControllerMessage.class);
      orders.renew(again, trust);
    } finally {
      orders.close();
    }
  }

  @Test
  void backup_secretsInClear_isForTheAdminTokenAlone() throws Exception {
    try (Controller controller = Controller.start(options(data, null, /* login= */ false))) {
      Cli.Said refused = Cli.run("backup", backup.toString(), "--controller=" + url(controller));

      assertThat(refused.exit()).isEqualTo(4);
      assertThat(refused.err()).contains("in clear (expected: --token-file with the admin token");
      assertThat(backup).doesNotExist();
      Cli.Said made = backUp(controller);
      assertThat(made.exit()).as(made.err()).isZero();
      assertThat(made.out()).contains("in clear: keep it as you keep the data directory");
    }
    Restore.into(Source.ofBackup(backup), elsewhere, /* force= */ false, Clock.systemUTC());
    for (String secret : new String[] {"root.pem", "issuer.pem", "trail-key.pem", "admin-token"}) {
      assertThat(elsewhere.resolve(secret)).hasSameTextualContentAs(data.resolve(secret));
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(elsewhere.resolve(secret))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void backup_withoutAllTheRights_isRefused() throws Exception {
    try (Controller controller = Controller.start(options(data, key(), /* login= */ false))) {
      String token =
          JSON.readTree(
                  send(
                      controller,
                      "POST",
                      "/api/v1/api-tokens",
                      "{\"scopes\":[\"ca\",\"read\"],\"ttlSeconds\":600}",
                      ""))
              .required("token")
              .asText();
      Path file = Files.writeString(directory.resolve("token"), token);

      Cli.Said said =
          Cli.run(
              "backup",
              backup.toString(),
              "--controller=" + url(controller),
              "--token-file=" + file);

      assertThat(said.exit()).isEqualTo(4);
      assertThat(said.err()).contains("lacks the rights 'users' and 'audit'");
    }
  }

  @Test
  void restore_dataIsThere_isRefusedAndForceKeepsIt() throws Exception {
    String root;
    try (Controller controller = Controller.start(options(data, null, /* login= */ false))) {
      backUp(controller);
      root = Files.readString(data.resolve("root.pem"));

      Cli.Said running = Cli.run("restore", backup.toString(), "--data-dir=" + data, "--force");

      assertThat(running.err())
          .contains("is in use by a controller")
          .contains("nothing was changed");
    }
    try (Controller other = Controller.start(options(elsewhere, null, /* login= */ false))) {
      assertThat(other.address().getPort()).isPositive();
    }
    String replacedRoot = Files.readString(elsewhere.resolve("root.pem"));
    Cli.Said refused = Cli.run("restore", backup.toString(), "--data-dir=" + elsewhere);
    assertThat(refused.exit()).isNotZero();
    assertThat(refused.err()).contains("holds a controller's data (expected: an empty directory");

    Cli.Said forced = Cli.run("restore", backup.toString(), "--data-dir=" + elsewhere, "--force");

    assertThat(forced.exit()).as(forced.err()).isZero();
    assertThat(Files.readString(elsewhere.resolve("root.pem"))).isEqualTo(root);
    Path kept = Path.of(forced.out().replaceAll("(?s).*What was there is in (\\S+)\n.*", "$1"));
    assertThat(Files.readString(kept.resolve("root.pem"))).isEqualTo(replacedRoot);
    assertThat(kept.resolve("endomesh.db")).exists();
  }

  @Test
  void restore_damagedOrNewerFile_isRefusedInASentenceAndTouchesNothing() throws Exception {
    try (Controller controller = Controller.start(options(data, null, /* login= */ false))) {
      backUp(controller);
    }
    byte[] good = Files.readAllBytes(backup);
    Path bad = directory.resolve("bad.backup");
    for (int end : new int[] {0, 1, 9, 30, good.length / 2, good.length - 9, good.length - 1}) {
      Files.write(bad, Arrays.copyOf(good, end));
      assertRefused(bad, "(expected: ");
    }
    // Of the header of gzip, five bytes say when and where: they may be anything.
    for (int at = 10; at < good.length; at += Math.max(1, good.length / 97)) {
      byte[] flipped = good.clone();
      flipped[at] ^= 4;
      Files.write(bad, flipped);
      assertRefused(bad, "(expected: ");
    }
    String text = unzipped();
    Files.write(bad, zipped(text.replaceFirst("\"endomeshBackup\":1", "\"endomeshBackup\":2")));
    assertRefused(bad, "format 2, made by version");
    Files.write(bad, zipped(text.replaceFirst("\\{\"secret\"", "{\"vault\"")));
    assertRefused(bad, "of a kind that this version does not know");
    // Well-formed, and no longer what was written.
    Files.write(bad, zipped(text.replaceFirst("\"name\":\"root.pem\"", "\"name\":\"next.pem\"")));
    assertRefused(bad, "is damaged or cut off");
    Files.write(bad, zipped(text + "{}\n"));
    assertRefused(bad, "is damaged or cut off");
    Files.write(bad, "a text".getBytes());
    assertRefused(bad, "is no backup of a controller");
    assertRefused(directory.resolve("missing"), "no such file");
  }

  @Test
  void start_restoreWasInterrupted_isRefused() throws Exception {
    Files.createDirectories(data);
    Files.createFile(data.resolve("restore-unfinished"));

    assertThatThrownBy(() -> Controller.start(options(data, null, /* login= */ false)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("was being restored when that was interrupted");
  }

  private void assertRefused(Path file, String why) throws IOException {
    Map<String, String> before = content(elsewhere);

    assertThatThrownBy(
            () ->
                Restore.into(
                    Source.ofBackup(file), elsewhere, /* force= */ true, Clock.systemUTC()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(why);

    assertThat(content(elsewhere)).isEqualTo(before);
  }

  private static Map<String, String> content(Path directory) throws IOException {
    Map<String, String> content = new TreeMap<>();
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          content.put(file.toString(), Files.readString(file));
        }
      }
    }
    return content;
  }

  /** Counts in one resource. */
  private static void count(
      Controller controller,
      AtomicInteger acknowledged,
      CountDownLatch some,
      AtomicBoolean enough) {
    try {
      for (int number = 1; !enough.get(); number++) {
        send(
            controller,
            "POST",
            "/api/v1/apply",
            """
            {"apiVersion": "v1", "kind": "Service",
             "metadata": {"name": "counted", "namespace": "shop", "annotations": {"number": "%d"}},
             "spec": {"selector": {"app": "counted"}}}
            """
                .formatted(number),
            "");
        acknowledged.set(number);
        some.countDown();
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Cli.Said backUp(Controller controller) {
    return Cli.run(
        "backup",
        backup.toString(),
        "--controller=" + url(controller),
        "--token-file=" + data.resolve("admin-token"));
  }

  private KeySource key() throws IOException {
    Path file = directory.resolve("key");
    return new KeySource.KeyFile(
        Files.writeString(file, Base64.getEncoder().encodeToString(new byte[32])));
  }

  private static String user(String name) {
    return "{\"name\":\"" + name + "\",\"role\":\"admin\",\"password\":\"" + PASSWORD + "\"}";
  }

  private static String send(
      Controller controller, String method, String path, String body, String token)
      throws Exception {
    Map<String, String> headers = new TreeMap<>();
    headers.put("content-type", "application/json");
    if (!token.isEmpty()) {
      headers.put("authorization", "Bearer " + token);
    }
    var answer = TestWorkload.http(controller, method, path, body, headers);
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isBetween(200, 299);
    return answer.body();
  }

  private static String url(Controller controller) {
    return "http://127.0.0.1:" + controller.address().getPort();
  }

  private static ControllerOptions options(Path data, @Nullable KeySource key, boolean login) {
    ControllerOptions defaults = ControllerOptions.onFreePort(data);
    return new ControllerOptions(
            defaults.host(),
            0,
            null,
            data,
            defaults.trustDomain(),
            Duration.ofHours(1),
            null,
            login)
        .sealedBy(key);
  }

  private String unzipped() throws IOException {
    try (var in = new GZIPInputStream(Files.newInputStream(backup))) {
      return new String(in.readAllBytes());
    }
  }

  private static byte[] zipped(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes());
    }
    return bytes.toByteArray();
  }
}
