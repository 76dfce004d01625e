package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code fault}, against a controller in this process. */
class FaultCommandTest {

  private static final String ORDERS =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: orders, namespace: shop}
      spec: {selector: {app: orders}, ports: [{port: 8080}]}
      """;

  @TempDir static Path directory;
  private static Controller controller;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() throws Exception {
    controller = Controller.start(ControllerOptions.onFreePort(directory.resolve("data")));
  }

  @AfterAll
  static void stop() {
    controller.close();
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--controller=http://127.0.0.1:" + controller.address().getPort();
    return Endomesh.configured(new CommandLine(new Endomesh()))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  @Test
  void fault_fromStartToStop_isListedWithWhoDidIt() throws Exception {
    Path file = Files.writeString(directory.resolve("orders.yaml"), ORDERS);
    assertThat(run("apply", "-f", file.toString())).isZero();

    assertThat(run("fault", "start", "shop/orders", "--abort", "503")).isEqualTo(2);
    assertThat(err.toString()).contains("--for");
    assertThat(run("fault", "start", "shop/orders", "--for", "PT5M"))
        .isEqualTo(Exit.INVALID.code());
    assertThat(err.toString()).contains("delayMillis: absent");
    assertThat(run("fault", "stop")).isEqualTo(Exit.USAGE.code());
    assertThat(run("fault", "stop", "--all")).isZero();
    assertThat(out.toString()).contains("no fault test runs");

    int exit =
        run(
            "fault",
            "start",
            "shop/orders",
            "--abort",
            "503",
            "--delay",
            "250",
            "--percent",
            "10",
            "--for",
            "PT5M");
    assertThat(exit).as(err.toString()).isZero();
    assertThat(out.toString()).contains("runs until", "endomesh fault stop ");
    String id = out.toString().split(" ")[2];
    assertThat(run("fault", "list")).isZero();
    assertThat(out.toString())
        .containsPattern(id + " +shop/orders +all +\\+250 ms, 503 +10 +running +loopback");

    assertThat(run("fault", "stop", id)).isZero();
    assertThat(run("fault", "stop", id)).isEqualTo(Exit.CONFLICT.code());
    assertThat(run("fault", "list", "-o", "json")).isZero();
    assertThat(out.toString())
        .containsPattern("\"endedBy\" ?: ?\"loopback\"")
        .containsPattern("\"state\" ?: ?\"stopped\"");
  }
}
