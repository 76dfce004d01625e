package io.endomesh.controller.corpus;

import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.translate.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of the corpus: resources, and in the comments before them a small mesh and calls.
 *
 * <pre>
 * # What it shows, in a sentence.
 * # docs: docs/traffic.md, Split and match
 * # workload: shop/orders 8080 version=v1
 * # call: GET http://orders/cart from shop/storefront x-user=a
 * # server: shop/orders
 * # statement: DELETE FROM orders at orders-db from shop/orders
 * </pre>
 *
 * {@code docs} puts the YAML of a section of a page in the place of the resources.
 *
 * @param servers whose rules for calls that arrive are shown
 */
record Example(
    String title,
    List<Workload> workloads,
    List<Asked> calls,
    List<String> servers,
    List<Statement> statements,
    List<String> yaml) {

  /**
   * @param from {@code shop/storefront}
   */
  record Asked(String method, String url, String from, Map<String, List<String>> headers) {}

  record Statement(String sql, String host, String from) {}

  /** Where documentation and examples are, seen from the module. */
  static final Path ROOT = Path.of("..");

  private static final Pattern LINE = Pattern.compile("# ([a-z]+): (.*)");
  private static final Pattern CALL = Pattern.compile("(\\S+) (\\S+) from (\\S+)(.*)");
  private static final Pattern STATEMENT = Pattern.compile("(.+) at (\\S+) from (\\S+)");

  static Example read(Path file) throws IOException {
    String title = "";
    List<Workload> workloads = new ArrayList<>();
    List<Asked> calls = new ArrayList<>();
    List<String> servers = new ArrayList<>();
    List<Statement> statements = new ArrayList<>();
    List<String> yaml = new ArrayList<>();
    String text = Files.readString(file);
    for (String line : text.lines().takeWhile(one -> one.startsWith("#")).toList()) {
      Matcher said = LINE.matcher(line);
      if (!said.matches()) {
        title += line.substring(1).strip() + " ";
        continue;
      }
      String value = said.group(2);
      switch (said.group(1)) {
        case "docs" -> yaml.addAll(Page.section(value));
        case "file" -> yaml.add(Files.readString(ROOT.resolve(value)));
        case "workload" -> workloads.add(workload(value));
        case "call" -> calls.add(call(value));
        case "server" -> servers.add(value);
        case "statement" -> statements.add(statement(value));
        default -> throw new IllegalArgumentException(file + ": " + line);
      }
    }
    String rest =
        text.lines().dropWhile(line -> line.startsWith("#")).reduce("", (a, b) -> a + b + "\n");
    if (!rest.isBlank()) {
      yaml.add(rest);
    }
    return new Example(title.strip(), workloads, calls, servers, statements, yaml);
  }

  List<ParsedResource> resources() throws Exception {
    List<ParsedResource> resources = new ArrayList<>();
    for (String one : yaml) {
      resources.addAll(ResourceParser.parseAll(one));
    }
    return resources;
  }

  private static Workload workload(String value) {
    String[] words = value.split(" ");
    Map<String, String> labels = new LinkedHashMap<>();
    pairs(Arrays.asList(words).subList(2, words.length), labels);
    return TestModels.workload(words[0], labels, Integer.parseInt(words[1]));
  }

  private static Asked call(String value) {
    Matcher parts = matched(CALL, value);
    Map<String, String> pairs = new LinkedHashMap<>();
    pairs(
        Arrays.stream(parts.group(4).strip().split(" ")).filter(w -> !w.isEmpty()).toList(), pairs);
    Map<String, List<String>> headers = new LinkedHashMap<>();
    pairs.forEach((name, header) -> headers.put(name, List.of(header)));
    return new Asked(parts.group(1), parts.group(2), parts.group(3), headers);
  }

  private static Statement statement(String value) {
    Matcher parts = matched(STATEMENT, value);
    return new Statement(parts.group(1), parts.group(2), parts.group(3));
  }

  private static Matcher matched(Pattern pattern, String value) {
    Matcher parts = pattern.matcher(value);
    if (!parts.matches()) {
      throw new IllegalArgumentException(value + " (expected: " + pattern + ")");
    }
    return parts;
  }

  private static void pairs(List<String> words, Map<String, String> to) {
    for (String word : words) {
      int equals = word.indexOf('=');
      to.put(word.substring(0, equals), word.substring(equals + 1));
    }
  }
}
