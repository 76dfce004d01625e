package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** docs/cli.md is what the commands say of themselves; -Dcli.write=true writes it. */
class CliPageTest {

  private static final Path PAGE = Path.of("../docs/cli.md");

  private static final int COLUMNS = 120;

  private static final String INTRODUCTION =
      """
      # The command

      `./endomesh COMMAND` in a checkout, or `java -jar endomesh-controller.jar COMMAND`. Which controller it talks to, and as whom, is in
      [settings](settings.md#the-command). `endomesh COMMAND --help` tells what is below, which is made from the same
      (`CliPageTest`, `-Dcli.write=true`).

      What is asked for goes to standard output, messages go to standard error. `-o` is `table`, `wide` (more columns), `json` and `yaml` (the
      API's own shape, which is stable; tables are not), `name`, or `jsonpath=PATH` as kubectl has it:

          endomesh get services -o 'jsonpath={.services[*].id}'
          endomesh get httproute -A -o 'jsonpath={.items[?(@.metadata.namespace=="shop")].metadata.name}'

      `--watch` shows it again each time it has changed. Colours are for terminals only, and never with `NO_COLOR` set.
      `source <(endomesh completion bash)`, or `zsh`, completes commands and options; `endomesh completion fish` is for fish.

      ## Exit codes

      | code | meaning |
      | --- | --- |
      """;

  @Test
  void page_commands_saysWhatTheySay() throws IOException {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    for (Exit exit : Exit.values()) {
      page.append("| ").append(exit.code()).append(" | ").append(exit.meaning()).append(" |\n");
    }
    CommandLine root = Endomesh.configured(new CommandLine(new Endomesh()));
    new TreeMap<>(root.getSubcommands())
        .forEach((name, command) -> append(page, "endomesh " + name, command));

    if (Boolean.getBoolean("cli.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE))
        .as("docs/cli.md (expected: written anew by -Dcli.write=true)")
        .isEqualTo(page.toString());
  }

  @Test
  void commands_each_areInTheHelpOfTheScript() throws IOException {
    String script = Files.readString(Path.of("../endomesh"));
    String usage = script.substring(script.indexOf("<<'USAGE'"), script.indexOf("\nUSAGE"));

    new CommandLine(new Endomesh())
        .getSubcommands()
        .forEach(
            (name, command) -> {
              if (!command.getCommandSpec().usageMessage().hidden()) {
                assertThat(usage).containsPattern("\\b" + name + "\\b");
              }
            });
  }

  @Test
  void line_nameOfACommand_isThatOneAlone() {
    assertThat(Endomesh.line("get", "services").getSubcommands()).containsOnlyKeys("get");
    assertThat(Endomesh.line("completion", "bash").getSubcommands()).hasSizeGreaterThan(30);
    assertThat(Endomesh.line("gte").getSubcommands()).hasSizeGreaterThan(30);
    assertThat(Endomesh.line().getSubcommands()).hasSizeGreaterThan(30);
  }

  @Test
  void training_eachCommand_isGood() {
    assertThat(Endomesh.run("training")).isZero();
  }

  private static void append(StringBuilder page, String path, CommandLine command) {
    CommandLine.Model.UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    if (usage.hidden()) {
      return;
    }
    usage.width(COLUMNS).longOptionsMaxWidth(28);
    String level = path.indexOf(' ') == path.lastIndexOf(' ') ? "##" : "###";
    page.append('\n').append(level).append(' ').append(path).append("\n\n");
    String home = System.getProperty("user.home");
    command
        .getUsageMessage(Ansi.OFF)
        .replace(home, "~")
        .lines()
        .forEach(line -> page.append(("    " + line).stripTrailing()).append('\n'));
    for (Map.Entry<String, CommandLine> sub : new TreeMap<>(command.getSubcommands()).entrySet()) {
      append(page, path + " " + sub.getKey(), sub.getValue());
    }
  }
}
