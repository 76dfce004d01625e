package io.endomesh.weaving;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where a setting comes from: agent argument, then system property {@code endomesh.NAME}, then
 * environment variable {@code ENDOMESH_NAME}. Not thread-safe while it is built, immutable after.
 */
final class SettingSource {

  /** A value, and how its user knows the setting, for messages. */
  record Found(String name, String value) {}

  private final Map<String, String> arguments;
  private final UnaryOperator<@Nullable String> property;
  private final UnaryOperator<@Nullable String> environment;

  private SettingSource(
      Map<String, String> arguments,
      UnaryOperator<@Nullable String> property,
      UnaryOperator<@Nullable String> environment) {
    this.arguments = arguments;
    this.property = property;
    this.environment = environment;
  }

  /** Parses {@code name=value,name=value}; entries that are not of this form become problems. */
  static SettingSource of(
      @Nullable String agentArgument,
      UnaryOperator<@Nullable String> property,
      UnaryOperator<@Nullable String> environment,
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
    String value = arguments.get(name);
    if (isGiven(value)) {
      return new Found(name, value);
    }
    String propertyName = "endomesh." + name;
    value = property.apply(propertyName);
    if (isGiven(value)) {
      return new Found(propertyName, value.trim());
    }
    String variable =
        "ENDOMESH_" + name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    value = environment.apply(variable);
    return isGiven(value) ? new Found(variable, value.trim()) : null;
  }

  /** A property or variable that others defined, {@code spring.application.name}. */
  @Nullable String foreign(String propertyName, String variable) {
    String value = property.apply(propertyName);
    if (!isGiven(value)) {
      value = environment.apply(variable);
    }
    return isGiven(value) ? value.trim() : null;
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

  private static boolean isGiven(@Nullable String value) {
    return value != null && !value.isBlank();
  }
}
