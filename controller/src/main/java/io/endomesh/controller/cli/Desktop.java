package io.endomesh.controller.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The user's desktop, where there is one. Its own opener is asked and not {@code java.awt.Desktop},
 * which would load half a window system into a command, and is not in a JDK without one. Stateless.
 */
final class Desktop {

  /**
   * An opener hands the address over and ends; one that is still there then has found a browser.
   */
  private static final long PATIENCE_SECONDS = 3;

  private Desktop() {}

  /** Shows an address in the user's browser. False if there is none; never throws. */
  static boolean open(String url) {
    List<String> command =
        new ArrayList<>(opener(System.getProperty("os.name", ""), System::getenv));
    if (command.isEmpty()) {
      return false;
    }
    command.add(url);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return !process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() == 0;
    } catch (IOException e) {
      // No such program: a machine without a desktop.
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The command that takes an address; empty where nobody sits in front of the machine. */
  static List<String> opener(String system, UnaryOperator<@Nullable String> environment) {
    String name = system.toLowerCase(Locale.ROOT);
    if (name.contains("mac")) {
      return List.of("open");
    }
    if (name.contains("windows")) {
      return List.of("rundll32", "url.dll,FileProtocolHandler");
    }
    // Without a display xdg-open falls back to a browser of text that takes the terminal.
    boolean display =
        environment.apply("DISPLAY") != null || environment.apply("WAYLAND_DISPLAY") != null;
    return display ? List.of("xdg-open") : List.of();
  }
}
