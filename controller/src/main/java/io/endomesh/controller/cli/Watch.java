package io.endomesh.controller.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.function.IntSupplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Option {@code --watch}: shows again what has changed, until it is stopped. */
final class Watch {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = {"-w", "--watch"},
      description = "show it again each time it has changed, until the command is stopped")
  private boolean watch;

  @Option(
      names = "--every",
      paramLabel = "DURATION",
      description = "how often --watch looks (default: PT2S)")
  private Duration every = Duration.ofSeconds(2);

  @Option(
      names = "--times",
      paramLabel = "N",
      description = "how often --watch shows something before it ends (default: no end)")
  private long times = Long.MAX_VALUE;

  /**
   * @param show prints everything to the command's output
   */
  int run(IntSupplier show) {
    if (!watch) {
      return show.getAsInt();
    }
    if (every.compareTo(Duration.ofMillis(100)) < 0) {
      throw new CommandFailed(Exit.USAGE, "--every: " + every + " (expected: PT0.1S or more)");
    }
    PrintWriter out = command.commandLine().getOut();
    String last = null;
    long shown = 0;
    while (true) {
      StringWriter now = new StringWriter();
      command.commandLine().setOut(new PrintWriter(now));
      try {
        var unused = show.getAsInt();
      } finally {
        command.commandLine().setOut(out);
      }
      if (!now.toString().equals(last)) {
        if (last != null) {
          out.println();
        }
        last = now.toString();
        out.print(last);
        out.flush();
        if (++shown >= times) {
          return Exit.OK.code();
        }
      }
      pause();
    }
  }

  private void pause() {
    try {
      Thread.sleep(every.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed(Exit.FAILED, "interrupted");
    }
  }
}
