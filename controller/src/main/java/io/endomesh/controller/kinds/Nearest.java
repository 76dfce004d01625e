package io.endomesh.controller.kinds;

import java.util.Collection;
import java.util.Locale;

/** Finds what a mistyped name was probably meant to be. Stateless. */
public final class Nearest {

  /** Twice the longest name of a field. What is longer is no typing mistake, and takes long. */
  private static final int MAX_CHARACTERS = 100;

  private Nearest() {}

  /** {@code ; did you mean 'weight'?}, or "" if nothing is near. */
  public static String suggestion(String name, Collection<String> known) {
    if (name.length() > MAX_CHARACTERS) {
      return "";
    }
    String best = "";
    // A third of the letters may differ: more, and the suggestion is a guess.
    int bestDistance = Math.max(2, name.length() / 3) + 1;
    for (String candidate : known) {
      int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance < bestDistance) {
        bestDistance = distance;
        best = candidate;
      }
    }
    return best.isEmpty() ? "" : "; did you mean '" + best + "'?";
  }

  /** Levenshtein's, in two rows. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
