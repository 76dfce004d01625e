package io.endomesh.controller.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/security.md names tests that are there, and all of those that attack. */
class SecurityPageTest {

  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)\\.(\\w+)`");

  private static final Pattern METHOD = Pattern.compile("(?m)^  (?:public )?void (\\w+_\\w+)\\(");

  /** All that such a class tests is an attack. */
  private static final Pattern ATTACKS = Pattern.compile("\\w*(Attacks|Flood|Fuzz)Test");

  private static final List<String> SOURCES =
      List.of(
          "agent/dataplane/src/test/java",
          "agent/xds/src/test/java",
          "controller/src/test/java",
          "examples/demo/src/test/java",
          "instrumentations/testkit/src/main/java");

  /** By the simple name of the class, which two may have. */
  private static Map<String, Set<String>> tests() throws IOException {
    Map<String, Set<String>> tests = new HashMap<>();
    for (String source : SOURCES) {
      try (Stream<Path> files = Files.walk(Example.ROOT.resolve(source))) {
        for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          Matcher method = METHOD.matcher(Files.readString(file));
          while (method.find()) {
            tests.computeIfAbsent(name, none -> new TreeSet<>()).add(method.group(1));
          }
        }
      }
    }
    return tests;
  }

  private static Set<String> named() throws IOException {
    Set<String> named = new TreeSet<>();
    Matcher one = NAMED.matcher(Files.readString(Example.ROOT.resolve("docs/security.md")));
    while (one.find()) {
      named.add(one.group(1) + "." + one.group(2));
    }
    return named;
  }

  @Test
  void page_namesTestsThatAreThere() throws IOException {
    Map<String, Set<String>> tests = tests();
    Set<String> missing = new TreeSet<>();
    for (String named : named()) {
      String[] parts = named.split("\\.");
      if (!tests.getOrDefault(parts[0], Set.of()).contains(parts[1])) {
        missing.add(named);
      }
    }
    assertThat(missing).as("named in docs/security.md, and no test").isEmpty();
    assertThat(named()).hasSizeGreaterThan(40);
  }

  @Test
  void attacks_areAllOnThePage() throws IOException {
    Set<String> missing = new TreeSet<>();
    Set<String> named = named();
    tests()
        .forEach(
            (name, methods) -> {
              if (ATTACKS.matcher(name).matches()) {
                methods.stream()
                    .map(method -> name + "." + method)
                    .filter(test -> !named.contains(test))
                    .forEach(missing::add);
              }
            });
    assertThat(missing).as("tests that docs/security.md does not name").isEmpty();
  }
}
