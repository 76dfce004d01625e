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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code route} and {@code ramp}, against a controller in this process. */
class RampCommandTest {

  private static final String RESOURCES =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: orders, namespace: shop}
      spec: {selector: {app: orders}, ports: [{port: 8080}]}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: orders, namespace: shop}
      spec:
        parentRefs: [{group: "", kind: Service, name: orders}]
        rules:
        - backendRefs: [{name: orders-v1, weight: 1}, {name: orders-v2, weight: 0}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: plain, namespace: shop}
      spec: {selector: {app: plain}, ports: [{port: 8080}]}
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

  @BeforeEach
  void apply() throws Exception {
    Path file = Files.writeString(directory.resolve("resources.yaml"), RESOURCES);
    assertThat(run("apply", "-f", file.toString())).isZero();
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
  void routeSet_previewThenReally_isSeenInShow() {
    assertThat(run("route", "set", "shop/orders", "orders-v1=90", "orders-v2=10", "--preview"))
        .isZero();
    assertThat(out.toString())
        .startsWith("HTTPRoute/shop/orders rule 0: orders-v1=90 orders-v2=10, not applied");
    assertThat(run("route", "show", "shop/orders")).isZero();
    assertThat(out.toString()).containsPattern("orders-v2 +0 +0 %");

    assertThat(run("route", "set", "shop/orders", "orders-v1=90", "orders-v2=10")).isZero();
    assertThat(run("route", "show", "shop/orders")).isZero();
    assertThat(out.toString())
        .containsPattern("HTTPRoute/shop/orders +0 +yes +orders-v2 +10 +10 % +0.0 +- +-");
    assertThat(run("route", "show", "shop/orders", "-o", "json")).isZero();
    assertThat(out.toString()).contains("\"share\" : 0.1");
  }

  @Test
  void route_badInput_endsWithTheDocumentedCodes() {
    assertThat(run("route", "show", "orders")).isEqualTo(Exit.USAGE.code());
    assertThat(run("route", "show", "shop/nobody")).isEqualTo(Exit.NOT_FOUND.code());
    assertThat(run("route", "set", "shop/orders", "orders-v1=90")).isEqualTo(Exit.INVALID.code());
    assertThat(err.toString()).contains("weights.orders-v2: absent");
    assertThat(run("route", "set", "shop/orders", "orders-v1")).isEqualTo(Exit.USAGE.code());
    assertThat(run("route", "set", "shop/orders", "orders-v1=1", "--resource", "HTTPRoute"))
        .isEqualTo(Exit.USAGE.code());
    assertThat(run("route", "show", "shop/plain")).isZero();
    assertThat(out.toString()).contains("All calls go to all instances.");
  }

  @Test
  void ramp_startPauseResumeAbort_tellsWhatItDoes() {
    assertThat(
            run(
                "ramp",
                "start",
                "shop/orders",
                "orders-v2",
                "--steps",
                "10,100",
                "--every",
                "PT1H"))
        .isZero();
    String id = out.toString().split(" ")[1];
    assertThat(out.toString()).contains("step 1 of 2, 10 % to orders-v2");
    assertThat(run("ramp", "start", "shop/orders", "orders-v2")).isEqualTo(Exit.CONFLICT.code());

    assertThat(run("ramp", "status")).isZero();
    assertThat(out.toString())
        .containsPattern(id + " +shop/orders +orders-v2 +running +10 +loopback +0 +-");
    assertThat(run("ramp", "pause", id)).isZero();
    assertThat(run("ramp", "resume", id)).isZero();
    assertThat(run("ramp", "abort", id)).isZero();
    assertThat(out.toString()).startsWith("ramp " + id + " aborted: aborted by loopback");
    assertThat(run("ramp", "status", id)).isEqualTo(Exit.FOUND_SOMETHING.code());
    assertThat(out.toString()).contains("paused by loopback", "resumed by loopback");
    assertThat(run("ramp", "pause", id)).isEqualTo(Exit.CONFLICT.code());
    assertThat(run("ramp", "status", "nobody")).isEqualTo(Exit.NOT_FOUND.code());
  }

  @Test
  void rampWait_fewCallsThatRollBack_endsWith10() {
    int exit =
        run(
            "ramp",
            "start",
            "shop/orders",
            "orders-v2",
            "--steps",
            "10,100",
            "--every",
            "PT1S",
            "--few-calls",
            "rollback",
            "--wait");

    assertThat(exit).isEqualTo(Exit.FOUND_SOMETHING.code());
    assertThat(out.toString()).contains("rolled back: fewer than 20 calls to orders-v2 in 1 s");
    assertThat(run("route", "show", "shop/orders")).isZero();
    assertThat(out.toString()).containsPattern("orders-v2 +0 +0 %");
  }

  @Test
  void rampAbort_afterSomebodyElsesChange_isAConflict() {
    run("ramp", "start", "shop/orders", "orders-v2", "--every", "PT1H");
    String id = out.toString().split(" ")[1];
    assertThat(run("route", "set", "shop/orders", "orders-v1=7", "orders-v2=3")).isZero();

    int exit = run("ramp", "abort", id);

    // At the next tick the ramp may have seen it by itself.
    assertThat(exit).isEqualTo(Exit.CONFLICT.code());
    assertThat(run("route", "show", "shop/orders")).isZero();
    assertThat(out.toString()).containsPattern("orders-v2 +3 +30 %");
  }
}
