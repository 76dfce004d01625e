package io.endomesh.contracts;

import io.endomesh.contracts.Page.Figure;
import io.endomesh.contracts.Page.Where;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page as Markdown: writes it, and reads what it wrote. Stateless. */
final class PageText {

  private static final String HEAD =
      """
      # Compatibility

      <!-- Written by ./endomesh test --matrix from the results of the contract tests. Not edited by hand. -->

      Every library is held to a contract. Its promises are tests, inherited by each library, that run in a real JVM under the packaged
      agent jar against the real library, at the oldest and the newest version named here. Versions in between are checked when they
      are woven: one that does not fit switches its instrumentation off, with one line that names what is missing, and the application
      runs on.

      Figures in bold are run before every change: the oldest version of each library on JDK 17, the newest of the ten most used on
      JDK 25, and what belongs to the JDK on both; of a library that needs a newer JDK than 17, the oldest version on JDK 25. What CI runs
      must come out as it stands here. All other figures stand as `./endomesh test --matrix` last found them.

      """;

  private static final String JDK_LIBRARY = "the JDK's";
  private static final String NOT_RUN = "not run";
  private static final String BOLD = "**";
  private static final String BESIDES = ", besides";
  private static final String EXCEPTIONS = "## Exceptions";
  private static final String PROMISES = "## The promises";
  private static final String LIMITS = "## Known limits";

  private static final Pattern EXCEPTION = Pattern.compile("- (.+?), JDK (\\d+): (.+)");

  private PageText() {}

  /**
   * @param limits what stands at the end of the page
   */
  static String write(Page page, String limits) {
    StringBuilder text = new StringBuilder(HEAD);
    SortedSet<Integer> jdks = page.jdks();
    text.append("| library | version | contract |");
    jdks.forEach(jdk -> text.append(" JDK ").append(jdk).append(" |"));
    text.append("\n| --- | --- | --- |").append(" --- |".repeat(jdks.size())).append('\n');
    page.rows().forEach((row, byJdk) -> row(text, row, byJdk, jdks));
    text.append("\nThe figures are promises kept, of those that apply.\n");
    if (!page.exceptions().isEmpty()) {
      text.append('\n').append(EXCEPTIONS).append("\n\n");
      page.exceptions()
          .forEach(
              (where, reasons) ->
                  reasons.forEach(
                      reason ->
                          text.append(
                              "- %s, JDK %d: %s%n".formatted(where.title(), where.jdk(), reason))));
    }
    text.append('\n').append(PROMISES).append('\n');
    page.shared().forEach((contract, promises) -> list(text, contract, promises));
    page.own().forEach((library, promises) -> list(text, library + BESIDES, promises));
    return text.append('\n').append(LIMITS).append("\n\n").append(limits).toString();
  }

  private static void row(
      StringBuilder text, Row row, SortedMap<Integer, Figure> byJdk, SortedSet<Integer> jdks) {
    String version = row.version().isEmpty() ? JDK_LIBRARY : row.version();
    text.append("| %s | %s | %s |".formatted(row.library(), version, row.contract()));
    for (int jdk : jdks) {
      Figure figure = byJdk.get(jdk);
      String cell = figure == null ? NOT_RUN : figure.text();
      String mark = figure != null && figure.everyChange() ? BOLD : "";
      text.append(' ').append(mark).append(cell).append(mark).append(" |");
    }
    text.append('\n');
  }

  private static void list(StringBuilder text, String title, SortedSet<String> promises) {
    text.append("\n### ").append(title).append("\n\n");
    promises.forEach(promise -> text.append("- ").append(promise).append('\n'));
  }

  static Page read(List<String> lines) {
    SortedMap<Row, SortedMap<Integer, Figure>> rows = new TreeMap<>();
    SortedMap<Where, SortedSet<String>> exceptions = new TreeMap<>();
    SortedMap<String, SortedSet<String>> shared = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    SortedMap<String, SortedSet<String>> own = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    List<Integer> jdks = new ArrayList<>();
    String part = "";
    SortedSet<String> section = new TreeSet<>();
    for (String line : lines) {
      if (line.startsWith("## ")) {
        part = line;
      } else if (line.startsWith("| library |")) {
        cells(line).stream().skip(3).forEach(cell -> jdks.add(jdk(cell)));
      } else if (line.startsWith("| ") && !line.startsWith("| ---")) {
        row(cells(line), jdks, rows);
      } else if (part.equals(EXCEPTIONS) && line.startsWith("- ")) {
        exception(line, exceptions);
      } else if (part.equals(PROMISES) && line.startsWith("### ")) {
        String title = line.substring("### ".length());
        section = new TreeSet<>();
        if (title.endsWith(BESIDES)) {
          own.put(title.substring(0, title.length() - BESIDES.length()), section);
        } else {
          shared.put(title, section);
        }
      } else if (part.equals(PROMISES) && line.startsWith("- ")) {
        section.add(line.substring("- ".length()));
      }
    }
    return new Page(rows, exceptions, shared, own);
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList();
  }

  private static int jdk(String cell) {
    return Integer.parseInt(cell.substring("JDK ".length()));
  }

  private static void row(
      List<String> cells, List<Integer> jdks, SortedMap<Row, SortedMap<Integer, Figure>> rows) {
    if (cells.size() != 3 + jdks.size()) {
      throw new IllegalArgumentException(
          "row: " + cells + " (expected: library, version, contract and JDKs " + jdks + ")");
    }
    String version = cells.get(1).equals(JDK_LIBRARY) ? "" : cells.get(1);
    SortedMap<Integer, Figure> byJdk = new TreeMap<>();
    for (int i = 0; i < jdks.size(); i++) {
      String cell = cells.get(3 + i);
      boolean bold = cell.startsWith(BOLD);
      String text = bold ? cell.substring(BOLD.length(), cell.length() - BOLD.length()) : cell;
      if (!text.equals(NOT_RUN)) {
        byJdk.put(jdks.get(i), new Figure(text, bold));
      }
    }
    rows.put(new Row(cells.get(0), version, cells.get(2)), byJdk);
  }

  private static void exception(String line, SortedMap<Where, SortedSet<String>> exceptions) {
    Matcher exception = EXCEPTION.matcher(line);
    if (!exception.matches()) {
      throw new IllegalArgumentException("exception: " + line + " (expected: LIBRARY, JDK N: …)");
    }
    exceptions
        .computeIfAbsent(
            new Where(exception.group(1), Integer.parseInt(exception.group(2))),
            where -> new TreeSet<>())
        .add(exception.group(3));
  }
}
