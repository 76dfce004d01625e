package sample.app;

import java.io.PrintStream;

/** An application that does nothing but say that it ran, and what the agent left in it. */
final class Empty {

  private Empty() {}

  public static void main(String[] args) {
    PrintStream out = System.out;
    out.println("app ran");
    boolean logging =
        Thread.getAllStackTraces().keySet().stream().anyMatch(t -> !t.isDaemon() && isAgent(t));
    out.println("agent keeps the JVM alive: " + logging);
    try {
      Class.forName("io.endomesh.weaving.Weaving");
      out.println("agent classes visible: true");
    } catch (ClassNotFoundException e) {
      out.println("agent classes visible: false");
    }
  }

  private static boolean isAgent(Thread thread) {
    return thread.getName().startsWith("endomesh");
  }
}
