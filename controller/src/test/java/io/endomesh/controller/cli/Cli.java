package io.endomesh.controller.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs the {@code endomesh} command in this process. */
public final class Cli {

  private Cli() {}

  /** What came of it. */
  public record Said(int exit, String out, String err) {}

  public static Said run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Endomesh.configured(new CommandLine(new Endomesh()))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    return new Said(exit, out.toString(), err.toString());
  }
}
