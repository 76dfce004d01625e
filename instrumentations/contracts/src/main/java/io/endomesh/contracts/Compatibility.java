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
 * Writes the compatibility page, or checks it: {@code Compatibility RESULTS PAGE JDKS
 * [--part|--check]}, with JDKS as in {@code 17,25}. With {@code --part} only what was run is
 * written, all else stays as it stands. With {@code --check} nothing is written: it exits with 1,
 * after one sentence, if what was run is not what the page says, or if something was not run that
 * is to be before every change.
 */
public final class Compatibility {

  private static final String LIMITS = "known-limits.md";

  private Compatibility() {}

  public static void main(String[] arguments) {
    List<String> rest = List.of(arguments);
    boolean check = rest.contains("--check");
    boolean part = rest.contains("--part");
    rest = rest.stream().filter(each -> !each.startsWith("--")).toList();
    if (rest.size() != 3) {
      fail("arguments: " + rest + " (expected: RESULTS PAGE JDKS [--part|--check])");
    }
    try {
      List<Result> results = new ArrayList<>();
      for (String jdk : rest.get(2).split(",")) {
        results.addAll(Result.read(Path.of(rest.get(0)), Integer.parseInt(jdk)));
      }
      Page ran = Tally.of(results);
      Path file = Path.of(rest.get(1));
      if (check) {
        check(ran, file);
      } else {
        Page page = part ? PageText.read(Files.readAllLines(file)).with(ran) : ran;
        Files.writeString(file, PageText.write(page, limits()));
      }
      System.out.println(
          file
              + (check ? ": is" : ": written")
              + " as the results on "
              + jdks(ran)
              + " say, "
              + ran.rows().size()
              + " rows");
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      fail(String.valueOf(e.getMessage()));
    }
  }

  private static void check(Page ran, Path file) throws IOException {
    List<String> found = Files.readAllLines(file);
    Page page = PageText.read(found);
    List<String> expected = PageText.write(page.with(ran), limits()).lines().toList();
    int line = 0;
    while (line < found.size()
        && line < expected.size()
        && found.get(line).equals(expected.get(line))) {
      line++;
    }
    if (line < Math.max(found.size(), expected.size())) {
      fail(
          "%s: line %d is \"%s\" (expected: \"%s\", as the results on %s say; ./endomesh test --matrix writes the page)"
              .formatted(file, line + 1, at(found, line), at(expected, line), jdks(ran)));
    }
    page.rows()
        .forEach(
            (row, byJdk) ->
                byJdk.forEach(
                    (jdk, figure) -> {
                      if (figure.everyChange() && !ran.ran(row, jdk)) {
                        fail(
                            "%s, %s, on JDK %d: not run (expected: run before every change, as %s says)"
                                .formatted(row.title(), row.contract(), jdk, file));
                      }
                    }));
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
