package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Keeps docs/conformance.md what the tests of this package say. */
class ConformancePageTest {

  private static final Path PAGE = Path.of("../../docs/conformance.md");
  private static final Path SOURCES =
      Path.of("src/test/java")
          .resolve(ConformancePageTest.class.getPackageName().replace('.', '/'));
  private static final String REGENERATE =
      "./mvnw -pl agent/dataplane test -Dtest=ConformancePageTest -Dconformance.write=true";

  @Test
  void page_saysWhatTheTestsSay() throws Exception {
    String page = page(sentencesByPolicy());
    if (Boolean.getBoolean("conformance.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
        .as("docs/conformance.md (expected: what the tests say; write it by %s)", REGENERATE)
        .isEqualTo(page);
  }

  private static String page(SortedMap<String, List<String>> sentences) {
    int count = sentences.values().stream().mapToInt(List::size).sum();
    StringBuilder page = new StringBuilder();
    page.append("# What the data plane does\n\n");
    page.append(count).append(" sentences on ").append(sentences.size()).append(" policies. ");
    page.append(
        "Each is the name of a test in\n`agent/dataplane`, package `conformance`, that runs ");
    page.append("under a clock of its own, so each is true. In brackets stands where\n");
    page.append("the rule or its default comes from.\n\n");
    page.append("This page is generated: `").append(REGENERATE).append("`.\n");
    sentences.forEach(
        (policy, list) -> {
          page.append("\n## ").append(policy).append("\n\n");
          list.forEach(sentence -> page.append("- ").append(sentence).append('\n'));
        });
    return page.toString();
  }

  private static SortedMap<String, List<String>> sentencesByPolicy()
      throws IOException, ReflectiveOperationException, URISyntaxException {
    SortedMap<String, List<String>> sentences = new TreeMap<>();
    for (String name : classNames()) {
      Class<?> tests = Class.forName(ConformancePageTest.class.getPackageName() + "." + name);
      DisplayName policy = tests.getAnnotation(DisplayName.class);
      if (policy != null) {
        sentences.put(policy.value(), sentences(tests));
      }
    }
    return sentences;
  }

  private static List<String> classNames() throws IOException, URISyntaxException {
    Path compiled = Path.of(ConformancePageTest.class.getResource(".").toURI());
    try (Stream<Path> files = Files.list(compiled)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith("Test.class"))
          .map(file -> file.substring(0, file.length() - ".class".length()))
          .sorted()
          .toList();
    }
  }

  /** In the order of the source, which compiled classes do not promise to keep. */
  private static List<String> sentences(Class<?> tests) throws IOException {
    String source = Files.readString(SOURCES.resolve(tests.getSimpleName() + ".java"));
    List<Method> methods = new ArrayList<>();
    for (Method method : tests.getDeclaredMethods()) {
      if (method.isAnnotationPresent(DisplayName.class)) {
        methods.add(method);
      }
    }
    methods.sort(
        Comparator.comparingInt(method -> source.indexOf("void " + method.getName() + "(")));
    return methods.stream().map(method -> method.getAnnotation(DisplayName.class).value()).toList();
  }
}
