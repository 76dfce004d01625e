package io.endomesh.controller.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page, the dashboards and the alerts name what there is. */
class MetricsPageTest {

  /** Writes the table of the page anew: {@code -Dmetrics.write=true}. */
  private static final boolean WRITE = Boolean.getBoolean("metrics.write");

  private static final Path DOCS = Path.of("../docs");
  private static final Path PAGE = DOCS.resolve("metrics.md");
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

  private static final String BEGIN =
      "| metric | type | what | labels |\n| --- | --- | --- | --- |\n";

  private static final Pattern METRIC =
      Pattern.compile("\\b(?:istio|endomesh|http|rpc|db|process|jvm)_[a-z_]+(?=[\\[{ )]|$)");

  private static final Pattern SELECTOR = Pattern.compile("([a-z_]+)\\{([^}]*)}");

  private static final Pattern LABEL = Pattern.compile("([a-z_]+)(?:=~|!~|!=|=)\"");

  private static String table() {
    StringBuilder table = new StringBuilder();
    for (Family family : Family.all()) {
      table
          .append("| `")
          .append(family.queried())
          .append("` | ")
          .append(family.type().name().toLowerCase(Locale.ROOT))
          .append(" | ")
          .append(family.help())
          .append(" | ")
          .append(
              family.labels().stream()
                  .map(label -> "`" + label + "`")
                  .collect(Collectors.joining(", ")))
          .append(" |\n");
    }
    return table.toString();
  }

  @Test
  void page_table_isWhatIsTold() throws Exception {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    int end = page.indexOf("\n##", begin);
    assertThat(end).isPositive();
    if (WRITE) {
      Files.writeString(PAGE, page.substring(0, begin) + table() + page.substring(end));
      return;
    }
    assertThat(page.substring(begin, end)).isEqualTo(table());
  }

  @Test
  void queries_ofDashboardsAndAlerts_nameMetricsAndLabelsThatThereAre() throws Exception {
    List<String> queries = queries();
    assertThat(queries).hasSizeGreaterThan(40);

    for (String query : queries) {
      Matcher metric = METRIC.matcher(query);
      while (metric.find()) {
        String name = metric.group();
        boolean known =
            Family.all().stream().anyMatch(family -> labels(family, name) != null) || isLabel(name);
        assertThat(known).as(name + " of " + query).isTrue();
      }
      Matcher selector = SELECTOR.matcher(query);
      while (selector.find()) {
        String name = selector.group(1);
        if (name.equals("up")) {
          continue;
        }
        Set<String> labels = new TreeSet<>(Set.of("job", "le"));
        Family.all().stream()
            .map(family -> labels(family, name))
            .filter(java.util.Objects::nonNull)
            .forEach(labels::addAll);
        Matcher label = LABEL.matcher(selector.group(2));
        while (label.find()) {
          assertThat(labels).as(query).contains(label.group(1));
        }
      }
    }
  }

  private static boolean isLabel(String name) {
    return Family.all().stream().anyMatch(family -> family.labels().contains(name));
  }

  /** Null if the family has no samples of this name. */
  private static List<String> labels(Family family, String name) {
    Set<String> names =
        switch (family.type()) {
          case HISTOGRAM ->
              Set.of(family.name() + "_bucket", family.name() + "_count", family.name() + "_sum");
          case SUMMARY -> Set.of(family.name() + "_count", family.name() + "_sum");
          case COUNTER, GAUGE -> Set.of(family.queried());
        };
    return names.contains(name) ? family.labels() : null;
  }

  private static List<String> queries() throws Exception {
    List<String> queries = new ArrayList<>();
    try (Stream<Path> boards = Files.list(DOCS.resolve("grafana"))) {
      for (Path board : boards.toList()) {
        JsonNode json = new ObjectMapper().readTree(Files.readString(board));
        assertThat(json.path("uid").asText()).startsWith("endomesh-");
        json.findValues("expr").forEach(query -> queries.add(query.asText()));
      }
    }
    Matcher rule =
        Pattern.compile("expr: (?:\\|\\n)?((?:.*\\n)+?)\\s*(?:for|labels):")
            .matcher(Files.readString(DOCS.resolve("prometheus/alerts.yml")));
    while (rule.find()) {
      queries.add(rule.group(1));
    }
    return queries;
  }

  @Test
  void alerts_byPromtool_areRightAndFireWhenTheyMust() throws Exception {
    if (!Files.isExecutable(PROMTOOL)) {
      // In CI nothing is skipped.
      assertThat(System.getenv("CI")).as("no promtool here").isNull();
    }
    assumeTrue(Files.isExecutable(PROMTOOL), "no promtool here (expected: the package prometheus)");

    assertThat(promtool("check", "rules", "alerts.yml")).contains("SUCCESS: 14 rules found");
    assertThat(promtool("test", "rules", "alerts-test.yml")).contains("SUCCESS");
    assertThat(promtool("check", "config", "--syntax-only", "prometheus.yml")).contains("SUCCESS");
  }

  private static String promtool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(PROMTOOL.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(DOCS.resolve("prometheus").toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
