package io.endomesh.controller.cli;

import io.endomesh.controller.kinds.Kind;
import io.endomesh.controller.kinds.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

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
                    Exit.USAGE,
                    "kind: "
                        + text
                        + " (expected: one of "
                        + String.join(", ", known())
                        + Nearest.suggestion(text, known())
                        + ")"));
  }

  private static List<String> known() {
    return Stream.concat(
            Arrays.stream(Kind.values()).map(k -> k.kindName().toLowerCase(Locale.ROOT)),
            Stream.of("resources", "services", "workloads"))
        .toList();
  }
}
