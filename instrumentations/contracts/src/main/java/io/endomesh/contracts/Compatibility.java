package io.endomesh.contracts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Writes the compatibility page, or checks it: {@code Compatibility RESULTS PAGE JDKS [--check]},
 * with JDKS as in {@code 17,25}. Exits with 1, after one sentence, if the page is not what the
 * results say.
 */
public final class Compatibility {

  private static final String LIMITS = "known-limits.md";

  private Compatibility() {}

  public static void main(String[] arguments) {
    List<String> rest = List.of(arguments);
    boolean check = rest.contains("--check");
    rest = rest.stream().filter(each -> !each.equals("--check")).toList();
    if (rest.size() != 3) {
      fail("arguments: " + rest + " (expected: RESULTS PAGE JDKS [--check])");
    }
    try {
      List<Result> results = new ArrayList<>();
      for (String jdk : rest.get(2).split(",")) {
        results.addAll(Result.read(Path.of(rest.get(0)), Integer.parseInt(jdk)));
      }
      Page page = new Page(results, limits());
      Path file = Path.of(rest.get(1));
      if (check) {
        check(page, file);
      } else {
        Files.writeString(file, page.text());
      }
      System.out.println(
          file + (check ? ": is" : ": written") + " as the results on " + jdks(page) + " say");
    } catch (IOException | UncheckedIOException e) {
      fail(e.getMessage());
    }
  }

  private static void check(Page page, Path file) throws IOException {
    List<String> expected = page.text().lines().toList();
    List<String> found = Files.readAllLines(file);
    if (found.equals(expected)) {
      return;
    }
    int line = 0;
    while (line < found.size()
        && line < expected.size()
        && found.get(line).equals(expected.get(line))) {
      line++;
    }
    fail(
        "%s: line %d is \"%s\" (expected: \"%s\", as the results on %s say; ./endomesh compatibility writes the page)"
            .formatted(file, line + 1, at(found, line), at(expected, line), jdks(page)));
  }

  private static String at(List<String> lines, int index) {
    return index < lines.size() ? lines.get(index) : "nothing more";
  }

  private static String jdks(Page page) {
    return page.jdks().stream().map(jdk -> "JDK " + jdk).collect(Collectors.joining(" and "));
  }

  private static String limits() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Compatibility.class.getResourceAsStream(LIMITS), LIMITS)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void fail(String sentence) {
    System.err.println(sentence);
    System.exit(1);
  }
}
