package io.endomesh.controller.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code endomesh bug-report}, of processes. */
@Timeout(180)
class BugReportTest {

  private static final String CANARY = "k4n4ri-9Xz";

  @TempDir Path directory;

  @Test
  void controllerAnswers_reportHasEachPartAndNoSecret() throws Exception {
    try (ControllerJvm controller = ControllerJvm.start(directory, "--log-level=debug")) {
      assertThat(
              controller
                  .apply(
                      """
                      apiVersion: v1
                      kind: Service
                      metadata:
                        name: orders
                        namespace: shop
                        annotations: {password: C, note: "Bearer C", url: "jdbc:x?user=a&password=C", join: em1.C}
                      spec: {selector: {app: orders}}
                      """
                          .replace("C,", CANARY + ",")
                          .replace("C\"", CANARY + "\"")
                          .replace("C}", CANARY + "}"))
                  .statusCode())
          .isEqualTo(200);
      controller.get("/login?ticket=emt_" + CANARY);
      Path log =
          Files.writeString(
              directory.resolve("agent.log"),
              "-----BEGIN PRIVATE KEY-----\n" + CANARY + "\n-----END PRIVATE KEY-----\nfine\n");

      Map<String, String> report = report(0, controller.url, "--log", log.toString());

      assertThat(report)
          .containsKeys(
              "versions.txt",
              "status.json",
              "workloads.json",
              "resources.json",
              "analyze.json",
              "diagnostics.json",
              "log.txt")
          .doesNotContainKey("missing.txt");
      assertThat(report.get("resources.json")).contains("orders");
      assertThat(report.get("log.txt")).contains("fine");
      assertThat(report.get("diagnostics.json"))
          .contains("endomesh.db", "endomesh-control", "usedBytes", "trustDomain", "serving on");
      String admin = Files.readString(directory.resolve("data/admin-token")).trim();
      assertThat(String.join("\n", report.values()))
          .doesNotContain(CANARY)
          .doesNotContain(admin)
          .doesNotContain("PRIVATE KEY");
    }
  }

  @Test
  void controllerAway_reportHasWhatIsOnDiskAndSaysWhatIsMissing() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    Files.writeString(data.resolve("admin-token"), "ema_" + CANARY);
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }

    Map<String, String> report =
        report(10, "http://127.0.0.1:" + free, "--data-dir", data.toString());

    assertThat(report.get("data-dir.json")).contains("\"admin-token\" : 14");
    assertThat(report.get("missing.txt")).contains("does not answer");
    assertThat(String.join("\n", report.values())).doesNotContain(CANARY);
  }

  private Map<String, String> report(int exit, String url, String... more) throws Exception {
    Path file = directory.resolve("report.zip");
    List<String> command = new ArrayList<>(ControllerJvm.command());
    command.addAll(List.of("bug-report", "-o", file.toString(), "--controller", url));
    command.addAll(List.of(more));
    Path printed = directory.resolve("printed.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(printed)).isEqualTo(exit);
    return read(file);
  }

  private static Map<String, String> read(Path file) throws IOException {
    Map<String, String> entries = new TreeMap<>();
    try (InputStream in = Files.newInputStream(file);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(
            entry.getName().substring("endomesh-bug-report/".length()),
            new String(zip.readAllBytes(), UTF_8));
      }
    }
    return entries;
  }
}
