package io.endomesh.controller.telemetry;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * So many names, so long, from each service and no more: what agents report is kept by names that
 * they choose, and one of them may have been taken over. Not thread-safe.
 */
final class Bounded {

  private final int max;
  private final int maxCharacters;
  private final Map<String, Set<String>> byReporter = new HashMap<>();

  Bounded(int max, int maxCharacters) {
    this.max = max;
    this.maxCharacters = maxCharacters;
  }

  /** False for one that is too long, or one too many. */
  boolean admits(String reporter, String name) {
    if (name.length() > maxCharacters) {
      return false;
    }
    Set<String> known = byReporter.computeIfAbsent(reporter, service -> new HashSet<>());
    return known.contains(name) || (known.size() < max && known.add(name));
  }

  /** Those that are not among these make room. */
  void retain(Set<String> names) {
    byReporter.values().forEach(known -> known.retainAll(names));
    byReporter.values().removeIf(Set::isEmpty);
  }
}
