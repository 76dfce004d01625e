package io.endomesh.bootstrap;

import java.io.File;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The agent's {@code Premain-Class}: finds its jar, builds the loader that isolates the agent, and
 * starts it. Whatever happens here, the application runs.
 *
 * <p>Nothing in it may touch {@code java.util.logging}, {@code java.nio.file} or JMX: an
 * application that sets them up by system properties in {@code main} would come too late.
 */
public final class Launcher {

  private static final String AGENT = "io.endomesh.javaagent.Agent";

  /** The one thread that runs {@code premain} reads and writes it. */
  private static boolean started;

  private Launcher() {}

  public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
    try {
      if (!wanted(arguments) || isTool()) {
        return;
      }
      if (started) {
        say("WARN", "-javaagent names the agent twice; the first one is in use");
        return;
      }
      started = true;
      start(arguments, instrumentation);
    } catch (Throwable failure) {
      Throwable cause =
          failure instanceof InvocationTargetException thrown ? thrown.getCause() : failure;
      say("ERROR", "the agent could not start, the application runs without it: " + cause);
    }
  }

  private static void start(@Nullable String arguments, Instrumentation instrumentation)
      throws Exception {
    URI location = Launcher.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    File jar = new File(location);
    new AgentLoader(jar)
        .loadClass(AGENT)
        .getMethod("start", String.class, Instrumentation.class, File.class)
        .invoke(null, arguments, instrumentation, jar);
  }

  /**
   * The two switches that are read before anything else happens: {@code enabled=false}, and {@code
   * aot_training=true} for the run that records an ahead-of-time cache, which must see the agent
   * but nothing it does.
   */
  private static boolean wanted(@Nullable String arguments) {
    if ("true".equals(argument(arguments, "aot_training"))) {
      return false;
    }
    String enabled = argument(arguments, "enabled");
    if (enabled == null) {
      enabled = System.getProperty("endomesh.enabled");
    }
    if (enabled == null) {
      enabled = System.getenv("ENDOMESH_ENABLED");
    }
    return enabled == null || !enabled.trim().equalsIgnoreCase("false");
  }

  private static @Nullable String argument(@Nullable String arguments, String name) {
    String rest = arguments == null ? "" : arguments;
    while (!rest.isEmpty()) {
      int comma = rest.indexOf(',');
      String entry = comma < 0 ? rest : rest.substring(0, comma);
      rest = comma < 0 ? "" : rest.substring(comma + 1);
      int equals = entry.indexOf('=');
      if (equals > 0 && entry.substring(0, equals).trim().equals(name)) {
        return entry.substring(equals + 1).trim();
      }
    }
    return null;
  }

  /**
   * True for keytool, javac, jcmd and their like, which JAVA_TOOL_OPTIONS reaches as well. They are
   * main classes of the JDK's own modules. A program run from a source file is none of them,
   * although the compiler's module launches it.
   */
  private static boolean isTool() {
    String module = System.getProperty("jdk.module.main");
    String command = System.getProperty("sun.java.command", "");
    if (module == null) {
      int slash = command.indexOf('/');
      module = slash < 0 ? "" : command.substring(0, slash);
    }
    if (!module.startsWith("java.") && !module.startsWith("jdk.")) {
      return false;
    }
    String mainClass = System.getProperty("jdk.module.main.class", command);
    return !mainClass.contains("com.sun.tools.javac.launcher.");
  }

  private static void say(String level, String sentence) {
    System.err.println("endomesh " + level + " " + sentence);
  }
}
