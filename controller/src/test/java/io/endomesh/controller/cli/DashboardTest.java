package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code endomesh dashboard} as a process, on machines with and without a desktop. */
class DashboardTest {

  @TempDir Path directory;
  private Controller controller;
  private Path opened;

  private record Said(int exit, String out, String err) {}

  @BeforeEach
  void start() throws Exception {
    controller =
        Controller.start(
            new ControllerOptions(
                "127.0.0.1",
                0,
                null,
                directory.resolve("data"),
                "endomesh.local",
                Duration.ofSeconds(3),
                null,
                /* loginRequired= */ false));
    opened = directory.resolve("opened");
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  private String address() {
    return "http://127.0.0.1:" + controller.address().getPort();
  }

  /** An xdg-open that notes what it is asked to open. */
  private void desktop(String then) throws Exception {
    Path opener = directory.resolve("bin/xdg-open");
    Files.createDirectories(opener.getParent());
    Files.writeString(opener, "#!/bin/sh\nprintf '%s' \"$1\" > " + opened + "\n" + then + "\n");
    Files.setPosixFilePermissions(opener, PosixFilePermissions.fromString("rwx------"));
  }

  private Said dashboard(Map<String, String> environment, String... options) throws Exception {
    Path config =
        Files.writeString(directory.resolve("config.yaml"), "controller: " + address() + "\n");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dos.name=Linux",
                "-cp",
                System.getProperty("java.class.path"),
                Endomesh.class.getName(),
                "dashboard"));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(directory.resolve("err").toFile());
    builder.environment().keySet().removeIf(name -> name.contains("DISPLAY"));
    builder.environment().keySet().removeIf(name -> name.startsWith("ENDOMESH_"));
    builder.environment().put("ENDOMESH_CONFIG", config.toString());
    builder.environment().put("PATH", directory.resolve("bin") + ":/usr/bin:/bin");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Said(process.exitValue(), out, Files.readString(directory.resolve("err")));
  }

  @Test
  void dashboard_onADesktop_opensTheBrowserAndPrintsTheAddress() throws Exception {
    desktop("exit 0");

    Said said = dashboard(Map.of("DISPLAY", ":0"));

    assertThat(said).isEqualTo(new Said(0, address() + "/\n", ""));
    assertThat(opened).hasContent(address() + "/");
  }

  @Test
  void dashboard_noOpen_onlyPrints() throws Exception {
    desktop("exit 0");

    assertThat(dashboard(Map.of("DISPLAY", ":0"), "--no-open").out()).isEqualTo(address() + "/\n");
    assertThat(opened).doesNotExist();
  }

  @Test
  void dashboard_withoutADisplay_printsTheAddressAndOpensNothing() throws Exception {
    desktop("exit 0");

    Said said = dashboard(Map.of());

    assertThat(said.exit()).isZero();
    assertThat(said.out()).isEqualTo(address() + "/\n");
    assertThat(said.err()).contains("open the address above");
    assertThat(opened).doesNotExist();
  }

  @Test
  void dashboard_openerThatFailsOrIsMissing_isNoFailure() throws Exception {
    desktop("exit 3");
    Said failed = dashboard(Map.of("WAYLAND_DISPLAY", "wayland-0"));
    Said missing =
        dashboard(Map.of("DISPLAY", ":0", "PATH", directory.resolve("nothing-here").toString()));

    for (Said said : List.of(failed, missing)) {
      assertThat(said.exit()).isZero();
      assertThat(said.out()).isEqualTo(address() + "/\n");
      assertThat(said.err()).contains("open the address above");
    }
  }

  @Test
  void opener_ofEachSystem_isItsOwn() {
    assertThat(Desktop.opener("Mac OS X", name -> null)).containsExactly("open");
    assertThat(Desktop.opener("Windows 11", name -> null))
        .containsExactly("rundll32", "url.dll,FileProtocolHandler");
    assertThat(Desktop.opener("Linux", name -> null)).isEmpty();
    assertThat(Desktop.opener("Linux", name -> ":0")).containsExactly("xdg-open");
  }
}
