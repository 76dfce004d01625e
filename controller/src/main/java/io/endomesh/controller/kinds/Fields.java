package io.endomesh.controller.kinds;

import com.google.re2j.PatternSyntaxException;
import io.endomesh.dataplane.route.Expressions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One object of a resource, read field by field: knows where it stands, for messages, and which
 * fields were asked for, so that the ones nobody knows are rejected. Not thread-safe.
 */
final class Fields {

  private final String path;
  private final Map<?, ?> values;
  private final List<String> warnings;
  private final Set<String> known = new LinkedHashSet<>();

  /**
   * @param path of this object, "" for the resource itself
   * @param warnings takes what is accepted but has no effect
   */
  Fields(String path, Map<?, ?> values, List<String> warnings) {
    this.path = path;
    this.values = values;
    this.warnings = warnings;
  }

  String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  InvalidFieldException invalid(String name, String message) {
    return new InvalidFieldException(path(name), message);
  }

  void warn(String name, String message) {
    warnings.add(path(name) + ": " + message);
  }

  boolean has(String name) {
    return value(name) != null;
  }

  boolean isText(String name) {
    return value(name) instanceof String;
  }

  private @Nullable Object value(String name) {
    known.add(name);
    return values.get(name);
  }

  /** Required, not empty. */
  String string(String name) {
    String value = optionalString(name);
    if (value == null || value.isEmpty()) {
      throw invalid(name, (value == null ? "absent" : "''") + " (expected: a string)");
    }
    return value;
  }

  String string(String name, String otherwise) {
    String value = optionalString(name);
    return value == null ? otherwise : value;
  }

  @Nullable String optionalString(String name) {
    Object value = value(name);
    return value == null ? null : text(path(name), value);
  }

  <T extends Enum<T>> T oneOf(String name, Class<T> type, T otherwise) {
    String value = optionalString(name);
    if (value == null) {
      return otherwise;
    }
    List<String> names = new ArrayList<>();
    for (T constant : type.getEnumConstants()) {
      if (constant.name().equals(value)) {
        return constant;
      }
      names.add(constant.name());
    }
    throw invalid(
        name,
        "'"
            + value
            + "' (expected: "
            + String.join(", ", names)
            + ")"
            + Nearest.suggestion(value, names));
  }

  int integer(String name, int min, int max) {
    if (!has(name)) {
      throw invalid(name, "absent (expected: a number from " + min + " to " + max + ")");
    }
    return integer(name, min, max, min);
  }

  int integer(String name, int min, int max, int otherwise) {
    Object value = value(name);
    return value == null ? otherwise : number(path(name), value, min, max);
  }

  double decimal(String name, double min, double max, double otherwise) {
    Object value = value(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number
        && number.doubleValue() >= min
        && number.doubleValue() <= max) {
      return number.doubleValue();
    }
    throw invalid(name, describe(value) + " (expected: a number from " + min + " to " + max + ")");
  }

  boolean bool(String name, boolean otherwise) {
    Object value = value(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Boolean given) {
      return given;
    }
    throw invalid(name, describe(value) + " (expected: true or false)");
  }

  /** The names of an object that has names of the user's own, in their order. */
  List<String> names() {
    return values.keySet().stream().map(String::valueOf).toList();
  }

  /** True if it says nothing at all. */
  boolean isEmpty() {
    return values.isEmpty();
  }

  /** GEP-2257; null if absent. */
  @Nullable Long durationNanos(String name) {
    String value = optionalString(name);
    if (value == null) {
      return null;
    }
    try {
      return Durations.parseNanos(value);
    } catch (IllegalArgumentException e) {
      throw invalid(name, String.valueOf(e.getMessage()));
    }
  }

  Fields object(String name) {
    Fields object = optionalObject(name);
    if (object == null) {
      throw invalid(name, "absent (expected: an object)");
    }
    return object;
  }

  /** Without fields if absent. */
  Fields objectOrEmpty(String name) {
    Fields object = optionalObject(name);
    return object == null ? new Fields(path(name), Map.of(), warnings) : object;
  }

  @Nullable Fields optionalObject(String name) {
    Object value = value(name);
    return value == null ? null : object(path(name), value);
  }

  /** Empty if absent. Each object is read by {@code read} and must hold nothing else. */
  <T> List<T> objects(String name, Function<Fields, T> read) {
    return list(
        name,
        (item, where) -> {
          Fields fields = object(where, item);
          T result = read.apply(fields);
          fields.rejectUnknown();
          return result;
        });
  }

  List<String> strings(String name) {
    return list(name, (item, where) -> text(where, item));
  }

  List<Integer> integers(String name, int min, int max) {
    return list(name, (item, where) -> number(where, item, min, max));
  }

  /** Names to strings; empty if absent. */
  Map<String, String> stringMap(String name) {
    Object value = value(name);
    Map<String, String> result = new LinkedHashMap<>();
    if (value == null) {
      return result;
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw invalid(name, describe(value) + " (expected: names and strings)");
    }
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String where = path(name) + "." + entry.getKey();
      if (entry.getValue() == null) {
        throw new InvalidFieldException(where, "absent (expected: a string)");
      }
      result.put(text(where, entry.getKey()), text(where, entry.getValue()));
    }
    return result;
  }

  /** Names to numbers; empty if absent. */
  Map<String, Integer> integerMap(String name, int min, int max) {
    Fields object = objectOrEmpty(name);
    Map<String, Integer> result = new LinkedHashMap<>();
    for (Object key : object.values.keySet()) {
      result.put(String.valueOf(key), object.integer(String.valueOf(key), min, max));
    }
    return result;
  }

  /** Each value of an object that has names of the user's own. */
  <T> Map<String, T> objectMap(String name, Function<Fields, T> read) {
    Fields object = optionalObject(name);
    Map<String, T> result = new LinkedHashMap<>();
    if (object != null) {
      for (Object key : object.values.keySet()) {
        String own = String.valueOf(key);
        Fields fields = object(object.path(own), object.values.get(key));
        result.put(own, read.apply(fields));
        fields.rejectUnknown();
      }
    }
    return result;
  }

  /** A regular expression that RE2/J takes; checked, and given back as it was. */
  String regex(String name) {
    String value = string(name);
    try {
      Expressions.compileOwn(value);
      return value;
    } catch (PatternSyntaxException e) {
      throw invalid(
          name, "'" + value + "' (expected: a regular expression of RE2): " + e.getDescription());
    }
  }

  /** These have a meaning elsewhere, and none in this mesh: accepted, and said so. */
  void ignored(String... names) {
    for (String name : names) {
      if (has(name)) {
        warn(name, "has no effect in this mesh");
      }
    }
  }

  /** These say nothing where they stand: accepted, and said so. */
  void withoutEffect(String why, String... names) {
    for (String name : names) {
      if (has(name)) {
        warn(name, "has no effect " + why);
      }
    }
  }

  /** These may stand there and nobody needs to be told: what a server writes into resources. */
  void skipped(String... names) {
    known.addAll(List.of(names));
  }

  /** These would change what is asked for; to ignore them would be wrong. */
  void unsupported(String... names) {
    for (String name : names) {
      if (has(name)) {
        throw invalid(name, "not supported in this release");
      }
    }
  }

  /** To be called when all fields were read. */
  void rejectUnknown() {
    for (Object name : values.keySet()) {
      if (!(name instanceof String text) || !known.contains(text)) {
        throw invalid(
            String.valueOf(name),
            "unknown field" + Nearest.suggestion(String.valueOf(name), known));
      }
    }
  }

  private interface ItemReader<T> {
    T read(Object item, String where);
  }

  private <T> List<T> list(String name, ItemReader<T> reader) {
    Object value = value(name);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> items)) {
      throw invalid(name, describe(value) + " (expected: a list)");
    }
    List<T> result = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      String where = path(name) + "[" + i + "]";
      Object item = items.get(i);
      if (item == null) {
        throw new InvalidFieldException(where, "empty list item (expected: a value)");
      }
      result.add(reader.read(item, where));
    }
    return result;
  }

  private Fields object(String where, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new InvalidFieldException(where, describe(value) + " (expected: an object)");
    }
    return new Fields(where, map, warnings);
  }

  private static String text(String where, Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new InvalidFieldException(
        where,
        describe(value)
            + (value instanceof Map || value instanceof List
                ? " (expected: a string)"
                : " (expected: a string; put it in quotes)"));
  }

  private static int number(String where, Object value, int min, int max) {
    if (value instanceof Number number
        && number.doubleValue() == number.intValue()
        && number.intValue() >= min
        && number.intValue() <= max) {
      return number.intValue();
    }
    throw new InvalidFieldException(
        where, describe(value) + " (expected: a number from " + min + " to " + max + ")");
  }

  private static String describe(@Nullable Object value) {
    if (value == null) {
      return "absent";
    }
    if (value instanceof Map) {
      return "an object";
    }
    if (value instanceof List) {
      return "a list";
    }
    return value instanceof String ? "'" + value + "'" : String.valueOf(value);
  }
}
