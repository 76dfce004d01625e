package io.endomesh.demo.owntests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * What became of a suite's tests. Immutable.
 *
 * @param passed {@code class method}
 * @param others those that failed, were left out or given up
 */
record SuiteRun(Set<String> passed, Set<String> others) {

  int all() {
    return passed.size() + others.size();
  }

  /**
   * @param reports of the JUnit console, in the form of Ant's
   */
  static SuiteRun read(Path reports) throws Exception {
    Set<String> passed = new TreeSet<>();
    Set<String> others = new TreeSet<>();
    for (Path report : reports(reports)) {
      NodeList cases =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(report.toFile())
              .getElementsByTagName("testcase");
      for (int i = 0; i < cases.getLength(); i++) {
        Element test = (Element) cases.item(i);
        String name = test.getAttribute("classname") + " " + test.getAttribute("name");
        boolean failed =
            Stream.of("failure", "error", "skipped")
                .anyMatch(child -> test.getElementsByTagName(child).getLength() > 0);
        (failed ? others : passed).add(name);
      }
    }
    return new SuiteRun(passed, others);
  }

  private static List<Path> reports(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".xml")).toList();
    }
  }
}
