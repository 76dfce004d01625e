package io.endomesh.demo;

import java.io.PrintStream;

/** What the user is told while it takes time. */
final class Progress {

  private final PrintStream out;
  private final long startNanos = System.nanoTime();

  Progress(PrintStream out) {
    this.out = out;
  }

  void step(String text) {
    out.printf("%5.1f s  %s%n", (System.nanoTime() - startNanos) / 1e9, text);
    out.flush();
  }

  void say(String text) {
    out.println(text);
    out.flush();
  }
}
