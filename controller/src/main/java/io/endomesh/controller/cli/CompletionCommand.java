package io.endomesh.controller.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = CompletionCommand.NAME,
    mixinStandardHelpOptions = true,
    description = "Writes the script by which a shell completes commands and options.",
    footer = {
      "",
      "  source <(endomesh completion bash)                                  # in ~/.bashrc",
      "  source <(endomesh completion zsh)                                   # in ~/.zshrc",
      "  endomesh completion fish > ~/.config/fish/completions/endomesh.fish"
    })
final class CompletionCommand implements Callable<Integer> {

  static final String NAME = "completion";

  /** Shells that have a script. */
  enum Shell {
    BASH,
    ZSH,
    FISH
  }

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
  private Shell shell = Shell.BASH;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    switch (shell) {
      // One script for both: zsh reads completions of bash once it is told to, and it tells it.
      case BASH, ZSH -> out.print(AutoComplete.bash(root.getCommandName(), root));
      case FISH -> FishCompletion.write(root, out);
    }
    out.flush();
    return Exit.OK.code();
  }
}
