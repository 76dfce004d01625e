package io.endomesh.weaving;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a setting comes from: agent argument, then system property {@code endomesh.NAME}, then
 * environment variable {@code ENDOMESH_NAME}. Not thread-safe while it is built, immutable after.
 */
final class SettingSource {

  /** A value, and how its user knows the setting, for messages. */
  record Found(String name, String value) {}

  private final Map<String, String> arguments;
  private final Settings.Variables property;
  private final Settings.Variables environment;

  private SettingSource(
      Map<String, String> arguments, Settings.Variables property, Settings.Variables environment) {
    this.arguments = arguments;
    this.property = property;
    this.environment = environment;
  }

  /** Parses {@code name=value,name=value}; entries that are not of this form become problems. */
  static SettingSource of(
      @Nullable String agentArgument,
      Settings.Variables property,
      Settings.Variables environment,
      List<String> problems) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (String entry : split(agentArgument == null ? "" : agentArgument, ",")) {
      int equals = entry.indexOf('=');
      if (equals <= 0) {
        problems.add("agent argument: " + entry + " (expected: name=value); it is left out");
      } else {
        arguments.put(entry.substring(0, equals).trim(), entry.substring(equals + 1).trim());
      }
    }
    return new SettingSource(arguments, property, environment);
  }

  /** Null if nothing, or only white space, is given. */
  @Nullable Found find(String name) {
    String value = given(arguments.get(name));
    if (value != null) {
      return new Found(name, value);
    }
    String propertyName = "endomesh." + name;
    value = given(property.value(propertyName));
    if (value != null) {
      return new Found(propertyName, value);
    }
    String variable =
        "ENDOMESH_" + name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    value = given(environment.value(variable));
    return value == null ? null : new Found(variable, value);
  }

  /** A property or variable that others defined, {@code spring.application.name}. */
  @Nullable String foreign(String propertyName, String variable) {
    String value = given(property.value(propertyName));
    return value != null ? value : given(environment.value(variable));
  }

  Iterable<String> argumentNames() {
    return arguments.keySet();
  }

  /** The trimmed, non-empty parts of {@code text} between any of {@code separators}. */
  static List<String> split(String text, String separators) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || separators.indexOf(text.charAt(i)) >= 0) {
        String part = text.substring(start, i).trim();
        if (!part.isEmpty()) {
          parts.add(part);
        }
        start = i + 1;
      }
    }
    return parts;
  }

  private static @Nullable String given(@Nullable String value) {
    return value == null || value.isBlank() ? null : value.trim();
  }
}
