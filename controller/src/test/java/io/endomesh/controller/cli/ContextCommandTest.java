package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ContextCommandTest {

  @TempDir Path home;
  private final Map<String, String> environment = new HashMap<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine line = Endomesh.configured(new CommandLine(new Endomesh()));
    for (CommandLine sub : line.getSubcommands().get("context").getSubcommands().values()) {
      ((ContextCommand.OfUser) sub.getCommandSpec().userObject()).of(environment::get, home);
    }
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  /** A command that only connects. */
  @Command
  private final class Connects implements Runnable {
    @Mixin private final Connection connection = new Connection(environment::get, home);

    @Override
    public void run() {}
  }

  private String controller(String... options) {
    Connects command = new Connects();
    new CommandLine(command).parseArgs(options);
    return command.connection.open().controller();
  }

  @Test
  void set_several_theFirstCountsUntilAnotherIsUsed() throws Exception {
    assertThat(run("context", "set", "test", "--controller", "http://test:1")).isZero();
    assertThat(run("context", "set", "prod", "--controller", "http://prod:1")).isZero();
    assertThat(controller()).isEqualTo("http://test:1");
    assertThat(controller("--context=prod")).isEqualTo("http://prod:1");
    assertThat(controller("--context=prod", "--controller=http://other:1"))
        .isEqualTo("http://other:1");

    assertThat(run("context", "use", "prod")).isZero();
    assertThat(controller()).isEqualTo("http://prod:1");
    run("context", "list");
    assertThat(out.toString()).contains("  test  http://test:1", "* prod  http://prod:1");
    environment.put("ENDOMESH_CONTROLLER", "http://variable:1");
    assertThat(controller()).isEqualTo("http://variable:1");
    environment.put("ENDOMESH_CONTEXT", "test");
    assertThat(controller()).isEqualTo("http://test:1");

    assertThat(run("context", "delete", "prod")).isZero();
    assertThat(run("context", "use", "prod")).isEqualTo(2);
    assertThat(err.toString()).contains("context: prod (expected: one of test)");
  }

  @Test
  void set_file_isTheOwnersAlone() throws Exception {
    run("context", "set", "test", "--controller", "http://test:1");

    Path file = home.resolve(".config/endomesh/contexts.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Files.writeString(file, "[");
    assertThat(run("context", "list")).isEqualTo(2);
    assertThat(err.toString()).contains("contexts.json: is no JSON");
  }

  @Test
  void set_whatIsNoAddress_isRefused() {
    assertThat(run("context", "set", "a b", "--controller", "http://test:1")).isEqualTo(2);
    assertThat(run("context", "set", "test", "--controller", "test:1")).isEqualTo(2);
    assertThat(err.toString()).contains("--controller: 'test:1' (expected: http[s]://host:port)");
  }

  @Test
  void open_tokenOfAContext_isNotForAnotherController() throws Exception {
    // It is not there: whoever reads it fails.
    run("context", "set", "test", "--controller", "http://test:1", "--token-file", home + "/no");

    assertThatThrownBy(this::controller).hasMessageContaining("token-file");
    assertThat(controller("--context=test", "--controller=http://other:1"))
        .isEqualTo("http://other:1");
  }
}
