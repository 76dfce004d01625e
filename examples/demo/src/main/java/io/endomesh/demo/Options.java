package io.endomesh.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * What the user asked for.
 *
 * @param names of the checks to run; empty is all
 * @param port of the controller; 0 is a free one
 */
record Options(boolean help, boolean check, List<String> names, int port, boolean keep) {

  /**
   * @param checks there are
   * @throws IllegalArgumentException with a sentence for the user
   */
  static Options parse(List<String> arguments, List<String> checks) {
    boolean help = false;
    boolean check = false;
    boolean keep = false;
    int port = 0;
    List<String> names = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      switch (argument) {
        case "--help", "-h" -> help = true;
        case "--check" -> check = true;
        case "--keep" -> keep = true;
        case "--port" -> port = port(++i < arguments.size() ? arguments.get(i) : "");
        default -> {
          if (!check || argument.startsWith("-")) {
            throw new IllegalArgumentException(
                "argument: " + argument + " (expected: --check, --port PORT, --keep or --help)");
          }
          if (!checks.contains(argument)) {
            throw new IllegalArgumentException(
                "--check: "
                    + argument
                    + " (expected: one of "
                    + String.join(", ", checks)
                    + ", or none for all)");
          }
          names.add(argument);
        }
      }
    }
    return new Options(help, check, List.copyOf(names), port, keep);
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException notANumber) {
      // Said below, as for a number out of range.
    }
    throw new IllegalArgumentException("--port: " + text + " (expected: 0 to 65535)");
  }
}
