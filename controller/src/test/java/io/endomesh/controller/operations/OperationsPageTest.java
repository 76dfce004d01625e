package io.endomesh.controller.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.endomesh.controller.cli.Endomesh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/operations.md shows is taken by what it is for. */
@Timeout(120)
class OperationsPageTest {

  private static final Path PAGE = Path.of("../docs/operations.md");

  private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");

  @TempDir Path directory;

  @Test
  void unit_asShown_systemdFindsNothingWrong() throws Exception {
    if (!Files.isExecutable(ANALYZE)) {
      // In CI nothing is skipped.
      assertThat(System.getenv("CI")).as("no systemd here").isNull();
    }
    assumeTrue(Files.isExecutable(ANALYZE), "no systemd here");
    Path unit =
        Files.writeString(
            directory.resolve("endomesh.service"), unit().replace("/usr/bin/java", "/bin/true"));
    Path printed = directory.resolve("printed");

    Process process =
        new ProcessBuilder(ANALYZE.toString(), "verify", unit.toString())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(printed, UTF_8)).doesNotContain(unit.toString());
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void unit_optionsOfTheController_areAllKnown() throws Exception {
    String start =
        unit().lines().filter(line -> line.startsWith("ExecStart=")).findAny().orElseThrow();
    List<String> options =
        List.of(start.split(" ")).stream()
            .filter(word -> word.startsWith("--"))
            .map(word -> word.substring(0, word.indexOf('=')))
            .toList();
    Process process = new ProcessBuilder(help()).redirectErrorStream(true).start();

    String help = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(options).hasSize(4).allSatisfy(option -> assertThat(help).contains(option + "="));
  }

  private static List<String> help() {
    List<String> command = ControllerJvm.command();
    command.addAll(List.of("controller", "--help"));
    assertThat(command).contains(Endomesh.class.getName());
    return command;
  }

  private static String unit() throws Exception {
    return Files.readString(PAGE)
        .lines()
        .dropWhile(line -> !line.equals("    [Unit]"))
        .takeWhile(line -> line.isEmpty() || line.startsWith("    "))
        .map(String::strip)
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
