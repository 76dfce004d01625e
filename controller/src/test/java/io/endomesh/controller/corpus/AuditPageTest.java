package io.endomesh.controller.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/audit.md says of algorithms and times is what the code has. */
class AuditPageTest {

  private static final Path PAGE = Example.ROOT.resolve("docs/audit.md");

  /** {@code | what | value | `Class.CONSTANT` |}. */
  private static final Pattern FACT =
      Pattern.compile("(?m)^\\| ([^|]+) \\| ([^|]+) \\| `(\\w+)\\.(\\w+)` \\|$");

  private static final Pattern DURATION = Pattern.compile("Duration\\.of(\\w+)\\((\\d+)\\)");

  private static final Pattern LITERAL = Pattern.compile("\"([^\"]+)\"");

  private static final List<String> SOURCES =
      List.of(
          "controller/src/main/java", "agent/dataplane/src/main/java", "agent/xds/src/main/java");

  /** What is on the right of a constant. */
  private static String value(String type, String constant) throws IOException {
    for (String source : SOURCES) {
      try (Stream<Path> files = Files.walk(Example.ROOT.resolve(source))) {
        for (Path file :
            files.filter(one -> one.getFileName().toString().equals(type + ".java")).toList()) {
          Matcher found =
              Pattern.compile("static final [\\w\\[\\]<>]+ " + constant + " =\\s*([^;]+);")
                  .matcher(Files.readString(file));
          if (found.find()) {
            return found.group(1);
          }
        }
      }
    }
    throw new AssertionError(type + "." + constant + " (expected: a constant of the code)");
  }

  /** As the page writes it. */
  private static List<String> words(String value) {
    Matcher duration = DURATION.matcher(value);
    if (duration.find()) {
      return List.of(duration.group(2) + " " + duration.group(1).toLowerCase(Locale.ROOT));
    }
    if (value.matches("[\\d_]+")) {
      return List.of(String.format(Locale.ROOT, "%,d", Long.parseLong(value.replace("_", ""))));
    }
    return LITERAL.matcher(value).results().map(literal -> literal.group(1)).toList();
  }

  @Test
  void facts_ofThePage_areThoseOfTheCode() throws Exception {
    Matcher fact = FACT.matcher(Files.readString(PAGE));
    int facts = 0;
    while (fact.find()) {
      List<String> words = words(value(fact.group(3), fact.group(4)));
      assertThat(words).as("%s.%s", fact.group(3), fact.group(4)).isNotEmpty();
      assertThat(fact.group(2)).as(fact.group(1)).contains(words);
      facts++;
    }
    assertThat(facts).as("facts of the page").isGreaterThan(12);
  }
}
