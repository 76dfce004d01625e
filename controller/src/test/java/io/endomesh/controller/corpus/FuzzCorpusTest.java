package io.endomesh.controller.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.fuzz.Fuzzing;
import io.endomesh.dataplane.fuzz.Mutator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What {@code ./endomesh test --fuzz} keeps for a target is tried in each run of the tests: each
 * target has a corpus where it keeps, and a test that takes all of it.
 */
class FuzzCorpusTest {

  private static final Pattern TARGET =
      Pattern.compile("(?m)^  public static void fuzzerTestOneInput");

  private static final List<String> MODULES = List.of("agent/dataplane", "agent/xds", "controller");

  /** By the name of its corpus, as {@code .ci/fuzz} makes it of the class. */
  private static TreeMap<String, String> targets() throws IOException {
    TreeMap<String, String> targets = new TreeMap<>();
    for (String module : MODULES) {
      Path root = Example.ROOT.resolve(module);
      try (Stream<Path> files = Files.walk(root.resolve("src/test/java"))) {
        for (Path file : files.filter(one -> one.toString().endsWith("Test.java")).toList()) {
          String source = Files.readString(file);
          if (TARGET.matcher(source).find()) {
            targets.put(module + "/src/test/resources/fuzz/" + corpus(file), source);
          }
        }
      }
    }
    return targets;
  }

  private static String corpus(Path file) {
    return file.getFileName()
        .toString()
        .replaceAll("(Fuzz)?Test\\.java$", "")
        .replaceAll("([a-z])([A-Z])", "$1-$2")
        .toLowerCase(Locale.ROOT);
  }

  @Test
  void targets_eachTakeTheirCorpusInEachRun() throws IOException {
    TreeMap<String, String> targets = targets();
    assertThat(targets).hasSizeGreaterThan(8);
    targets.forEach(
        (corpus, source) ->
            assertThat(source)
                .as(corpus)
                .contains("Fuzzing.corpus(\"" + corpus.substring(corpus.lastIndexOf('/') + 1)));
  }

  @Test
  void corpora_areEachOfATargetAndNotEmpty() throws IOException {
    Set<String> corpora = new TreeSet<>();
    for (String module : MODULES) {
      Path fuzz = Example.ROOT.resolve(module).resolve("src/test/resources/fuzz");
      try (Stream<Path> directories = Files.list(fuzz)) {
        for (Path directory : directories.toList()) {
          assertThat(directory).isNotEmptyDirectory();
          corpora.add(module + "/src/test/resources/fuzz/" + directory.getFileName());
        }
      }
    }
    assertThat(corpora).isEqualTo(targets().keySet());
  }

  @Test
  void input_thatIsKeptAndFails_failsTheRun() {
    byte[] good = "good".getBytes(StandardCharsets.UTF_8);
    byte[] kept = "kept".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(
            () ->
                Fuzzing.run(
                    List.of(good, kept),
                    Mutator.of("a"),
                    0,
                    input -> assertThat(input).isNotEqualTo(kept)))
        .isInstanceOf(AssertionError.class)
        // By which it can be repeated.
        .hasMessageContaining("a2VwdA==");
  }
}
