package io.endomesh.controller.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each example of the corpus becomes what its golden file says, from YAML over xDS and an agent's
 * snapshot to the decision. A change of any of them is seen in a diff that a person can judge.
 */
class CorpusTest {

  private static final Path CORPUS = Path.of("src/test/corpus");
  private static final String YAML = ".yaml";
  private static final String GOLDEN = ".golden";
  private static final String REGENERATE =
      "./mvnw -pl controller -am test -Dtest=CorpusTest -Dcorpus.write=true"
          + " -Dsurefire.failIfNoSpecifiedTests=false";

  @ParameterizedTest
  @MethodSource("examples")
  void example_becomesWhatItsGoldenFileSays(String name) throws Exception {
    String golden = Golden.of(Example.read(CORPUS.resolve(name + YAML)));
    Path file = CORPUS.resolve(name + GOLDEN);
    if (Boolean.getBoolean("corpus.write")) {
      Files.writeString(file, golden);
      Conversation.write(name, Golden.told(Example.read(CORPUS.resolve(name + YAML))));
    }
    assertThat(file).as("write it by %s", REGENERATE).exists();
    Path is = Files.createDirectories(Path.of("target/corpus")).resolve(name + GOLDEN);
    Files.writeString(is, golden);
    assertThat(is)
        .as("%s (expected: no difference, or one that is meant; write it by %s)", file, REGENERATE)
        .hasSameTextualContentAs(file);
  }

  @Test
  void kinds_areAllInTheCorpus() throws Exception {
    TreeSet<String> missing = new TreeSet<>(Kind.names());
    for (String name : examples()) {
      Example.read(CORPUS.resolve(name + YAML))
          .resources()
          .forEach(resource -> missing.remove(resource.key().kind()));
    }

    assertThat(missing).as("kinds without an example in %s", CORPUS).isEmpty();
  }

  @Test
  void examplesOfTheDocumentation_areAllInTheCorpus() throws Exception {
    List<String> corpus = new ArrayList<>();
    for (String name : examples()) {
      corpus.addAll(Example.read(CORPUS.resolve(name + YAML)).yaml());
    }

    for (Path page : pages()) {
      assertThat(Page.blocks(page)).extracting(Page.Block::yaml).as("%s", page).isSubsetOf(corpus);
    }
  }

  @Test
  void goldenFiles_areOfExamplesThatAreThere() throws Exception {
    assertThat(names(YAML)).containsAll(names(GOLDEN));
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Example.ROOT.resolve("README.md")));
    try (Stream<Path> docs = Files.list(Example.ROOT.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  private static List<String> examples() throws IOException {
    return names(YAML);
  }

  private static List<String> names(String ending) throws IOException {
    try (Stream<Path> files = Files.list(CORPUS)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(ending))
          .map(file -> file.substring(0, file.length() - ending.length()))
          .sorted()
          .toList();
    }
  }
}
