package io.endomesh.controller.cli;

import io.endomesh.controller.kinds.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Kinds as users type them: {@code HTTPRoute}, {@code httproute}, {@code httproutes}. Stateless.
 */
final class Kinds {

  private Kinds() {}

  static Optional<Kind> find(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return Arrays.stream(Kind.values())
        .filter(
            kind ->
                kind.plural().equals(lower)
                    || kind.kindName().toLowerCase(Locale.ROOT).equals(lower))
        .findFirst();
  }

  static Kind named(String text) {
    return find(text)
        .orElseThrow(
            () ->
                new CommandFailed(
                    Exit.USAGE, "kind: " + text + " (expected: one of " + known() + ")"));
  }

  private static String known() {
    List<String> names =
        Arrays.stream(Kind.values()).map(k -> k.kindName().toLowerCase(Locale.ROOT)).toList();
    return String.join(", ", names) + ", resources, services, workloads";
  }
}
