package io.endomesh.controller.cli;

import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Asks for passwords, which are no options: those can be read by every process of the machine.
 * Stateless.
 */
final class Prompt {

  private Prompt() {}

  /**
   * @param fromInput the next line of standard input, without a question
   */
  static String password(String question, boolean fromInput) {
    if (fromInput) {
      String line = line();
      if (line == null) {
        throw new CommandFailed(Exit.USAGE, "standard input: ended (expected: a password)");
      }
      return line;
    }
    char[] typed = console().readPassword("%s: ", question);
    if (typed == null) {
      throw new CommandFailed(Exit.USAGE, "no password was typed");
    }
    return new String(typed);
  }

  static String text(String question) {
    String typed = console().readLine("%s: ", question);
    return typed == null ? "" : typed.strip();
  }

  private static Console console() {
    Console console = System.console();
    if (console == null) {
      throw new CommandFailed(
          Exit.USAGE, "there is no terminal to ask at (expected: --user and --password-stdin)");
    }
    return console;
  }

  /** Byte by byte: what comes after the line is for the next question. */
  private static @Nullable String line() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      int read = System.in.read();
      if (read < 0) {
        return null;
      }
      while (read >= 0 && read != '\n') {
        bytes.write(read);
        read = System.in.read();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String line = bytes.toString(StandardCharsets.UTF_8);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }
}
