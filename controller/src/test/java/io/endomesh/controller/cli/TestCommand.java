package io.endomesh.controller.cli;

import io.endomesh.controller.Controller;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import picocli.CommandLine;

/** The command, for tests that ask a controller what people are told. Stateless. */
public final class TestCommand {

  private TestCommand() {}

  /** All that it prints. */
  public static String run(Controller controller, String... arguments) {
    StringWriter printed = new StringWriter();
    PrintWriter out = new PrintWriter(printed, true);
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--controller=http://127.0.0.1:" + controller.address().getPort();
    Endomesh.configured(new CommandLine(new Endomesh())).setOut(out).setErr(out).execute(all);
    return printed.toString();
  }
}
