package io.endomesh.controller.cli;

import java.util.ArrayList;
import java.util.List;

/** What differs between two texts, line by line. */
final class TextDiff {

  /** Lines around a change, as `diff -u` has them. */
  private static final int CONTEXT = 3;

  private TextDiff() {}

  /** All lines: those of the first only with {@code -}, of the second only with {@code +}. */
  static List<String> of(String before, String after) {
    List<String> old = before.lines().toList();
    List<String> now = after.lines().toList();
    int[][] common = common(old, now);
    List<String> lines = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < old.size() || j < now.size()) {
      if (i < old.size() && j < now.size() && old.get(i).equals(now.get(j))) {
        lines.add("  " + old.get(i++));
        j++;
      } else if (j == now.size() || (i < old.size() && common[i + 1][j] >= common[i][j + 1])) {
        lines.add("- " + old.get(i++));
      } else {
        lines.add("+ " + now.get(j++));
      }
    }
    return lines;
  }

  /** A line of a difference, in colour where that is wanted. */
  static String coloured(String line, boolean colour) {
    if (!colour || line.startsWith(" ")) {
      return line;
    }
    // SGR of ECMA-48: red for what goes, green for what comes, and back.
    return (line.startsWith("-") ? "\u001b[31m" : "\u001b[32m") + line + "\u001b[0m";
  }

  /** Of all lines those that differ and some around them; what is left out is told by a line. */
  static List<String> near(List<String> lines) {
    List<String> near = new ArrayList<>();
    int shown = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (!isNearChange(lines, i)) {
        continue;
      }
      if (shown < i - 1) {
        near.add("  …");
      }
      near.add(lines.get(i));
      shown = i;
    }
    if (shown >= 0 && shown < lines.size() - 1) {
      near.add("  …");
    }
    return near;
  }

  private static boolean isNearChange(List<String> lines, int at) {
    int last = Math.min(lines.size() - 1, at + CONTEXT);
    for (int i = Math.max(0, at - CONTEXT); i <= last; i++) {
      if (!lines.get(i).startsWith(" ")) {
        return true;
      }
    }
    return false;
  }

  /** How many lines the rest of the first from i and of the second from j have in common. */
  private static int[][] common(List<String> old, List<String> now) {
    int[][] common = new int[old.size() + 1][now.size() + 1];
    for (int i = old.size() - 1; i >= 0; i--) {
      for (int j = now.size() - 1; j >= 0; j--) {
        common[i][j] =
            old.get(i).equals(now.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }
}
