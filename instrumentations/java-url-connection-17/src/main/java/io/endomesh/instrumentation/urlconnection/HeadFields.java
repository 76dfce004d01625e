package io.endomesh.instrumentation.urlconnection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Header fields of an answer in their order, the status line first. Filled, then only read. */
final class HeadFields {

  private record Field(@Nullable String key, @Nullable String value) {}

  private final List<Field> all = new ArrayList<>();

  void add(@Nullable String key, @Nullable String value) {
    all.add(new Field(key, value));
  }

  @Nullable String key(int index) {
    return index < 0 || index >= all.size() ? null : all.get(index).key();
  }

  @Nullable String value(int index) {
    return index < 0 || index >= all.size() ? null : all.get(index).value();
  }

  @Nullable String value(String name) {
    for (int i = all.size() - 1; i >= 0; i--) {
      if (name.equalsIgnoreCase(all.get(i).key())) {
        return all.get(i).value();
      }
    }
    return null;
  }

  /** As {@code getHeaderFields} has it: the status line under null. */
  Map<String, List<String>> map() {
    Map<String, List<String>> map = new HashMap<>();
    for (Field field : all) {
      map.computeIfAbsent(field.key(), key -> new ArrayList<>()).add(field.value());
    }
    map.replaceAll((key, values) -> Collections.unmodifiableList(values));
    return Collections.unmodifiableMap(map);
  }
}
