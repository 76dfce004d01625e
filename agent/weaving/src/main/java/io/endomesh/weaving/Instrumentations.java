package io.endomesh.weaving;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The instrumentations of this agent: which classes they want, and what became of each.
 * Thread-safe: the index is immutable, the states are guarded by this.
 */
public final class Instrumentations {

  /** One class name a line; the assembly of the agent jar joins those of all modules. */
  public static final String LISTING = "META-INF/endomesh/instrumentations";

  /** One instrumentation's wish for one class. */
  record Match(Instrumentation instrumentation, Weave weave) {}

  private final Map<String, List<Match>> byType = new HashMap<>();
  private final Map<String, InstrumentationState> states = new LinkedHashMap<>();

  private Instrumentations() {}

  /** Those that the listing names, without those that the settings switch off. */
  public static Instrumentations load(ClassLoader loader, Settings settings) {
    Instrumentations result = new Instrumentations();
    for (String className : listing(loader)) {
      try {
        Object instance = loader.loadClass(className).getDeclaredConstructor().newInstance();
        result.add((Instrumentation) instance, settings);
      } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
        AgentLog.error("instrumentation " + className + " cannot be loaded, it is left out: " + e);
      }
    }
    return result;
  }

  /** A set of the caller's choice, for tests. */
  static Instrumentations of(Settings settings, Instrumentation... instrumentations) {
    Instrumentations result = new Instrumentations();
    for (Instrumentation instrumentation : instrumentations) {
      result.add(instrumentation, settings);
    }
    return result;
  }

  /** Binary names of all classes that somebody wants to weave. */
  public Set<String> types() {
    return byType.keySet();
  }

  /** True if this class is reason enough to load the weaver. */
  boolean wakeWeaver(String type) {
    for (Match match : of(type)) {
      if (match.instrumentation().wakesWeaver()) {
        return true;
      }
    }
    return false;
  }

  /** In the order of the listing; for the console. */
  public synchronized List<InstrumentationState> states() {
    return List.copyOf(states.values());
  }

  List<Match> of(String type) {
    return byType.getOrDefault(type, List.of());
  }

  synchronized void woven(String name) {
    states.computeIfPresent(
        name,
        (key, old) ->
            new InstrumentationState(key, old.enabled(), old.reason(), old.wovenClasses() + 1));
  }

  synchronized void off(String name, String reason) {
    states.computeIfPresent(
        name, (key, old) -> new InstrumentationState(key, false, reason, old.wovenClasses()));
  }

  private void add(Instrumentation instrumentation, Settings settings) {
    String name = instrumentation.name();
    if (!settings.instrumentationEnabled(name)) {
      String reason = "switched off by instrumentation." + name + ".enabled=false";
      states.put(name, new InstrumentationState(name, false, reason, 0));
      return;
    }
    states.put(name, new InstrumentationState(name, true, "", 0));
    for (Weave weave : instrumentation.weaves()) {
      for (String type : weave.types()) {
        byType
            .computeIfAbsent(type, key -> new ArrayList<>())
            .add(new Match(instrumentation, weave));
      }
    }
  }

  private static Set<String> listing(ClassLoader loader) {
    Set<String> names = new LinkedHashSet<>();
    try (InputStream in = loader.getResourceAsStream(LISTING)) {
      if (in != null) {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        names.addAll(SettingSource.split(text, "\r\n"));
      }
    } catch (IOException e) {
      AgentLog.error("the agent jar's list of instrumentations cannot be read: " + e);
    }
    names.removeIf(name -> name.startsWith("#"));
    return names;
  }

  /** As {@link #types}, in the form in which the JVM names classes to transformers. */
  Set<String> internalNames() {
    Set<String> names = new HashSet<>();
    for (String type : byType.keySet()) {
      names.add(type.replace('.', '/'));
    }
    return names;
  }

  /** The package in which an instrumentation's advice lives. */
  static String advicePackage(Instrumentation instrumentation) {
    return instrumentation.getClass().getPackageName();
  }
}
