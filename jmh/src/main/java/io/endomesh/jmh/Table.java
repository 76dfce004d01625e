package io.endomesh.jmh;

import java.util.ArrayList;
import java.util.List;

/** A table for a terminal: first column to the left, figures to the right. Not thread-safe. */
final class Table {

  private final List<String[]> rows = new ArrayList<>();

  Table(String... header) {
    rows.add(header);
  }

  void row(String... cells) {
    rows.add(cells);
  }

  @Override
  public String toString() {
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      text.append("  ");
      for (int i = 0; i < row.length; i++) {
        text.append(String.format(i == 0 ? "%-" + widths[i] + "s" : "%" + widths[i] + "s", row[i]));
        text.append(i == row.length - 1 ? "\n" : "  ");
      }
    }
    return text.toString();
  }
}
