package io.endomesh.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {

  private final List<Result> results = new ArrayList<>();

  private void add(int jdk, String version, String promise, String outcome, String reason) {
    results.add(
        Result.parse(
            jdk, String.join("\t", "Lib", version, "HTTP", "contract", promise, outcome, reason)));
  }

  private String page() {
    return new Page(results, "- none\n").text();
  }

  @Test
  void text_promisesKeptAndBroken_areCountedByJdk() {
    add(17, "1.0", "a_b", "kept", "");
    add(17, "1.0", "c_d", "broken", "");
    add(25, "1.0", "a_b", "kept", "");

    assertThat(page())
        .contains("| library | version | contract | JDK 17 | JDK 25 |")
        .contains("| Lib | 1.0 | HTTP | 1 of 2 | 1 of 1 |")
        .contains("- Lib 1.0, JDK 17: “c: d”: broken");
  }

  @Test
  void text_promiseThatDoesNotApply_isListedWithItsReason() {
    add(17, "1.0", "a_b", "kept", "");
    add(17, "1.0", "c_d", "not-applicable", "it has none");

    assertThat(page())
        .contains("| Lib | 1.0 | HTTP | 1 of 1 |")
        .contains("- Lib 1.0, JDK 17: “c: d”: it has none");
  }

  @Test
  void text_nothingApplies_isSaidOnce() {
    add(17, "1.0", "a_b", "not-applicable", "too old");
    add(17, "1.0", "c_d", "not-applicable", "too old");

    assertThat(page())
        .contains("| Lib | 1.0 | HTTP | does not apply |")
        .contains("- Lib 1.0, JDK 17: all promises: too old")
        .doesNotContain("“");
  }

  @Test
  void text_versions_areInOrderOfTheirNumbers_andOneWithoutResultsIsSaid() {
    add(17, "10.1", "a_b", "kept", "");
    add(25, "9.0", "a_b", "kept", "");

    assertThat(page())
        .containsSubsequence(
            "| Lib | 9.0 | HTTP | not run | 1 of 1 |", "| Lib | 10.1 | HTTP | 1 of 1 | not run |");
  }

  @Test
  void text_ofTheSameResultsInAnyOrder_isTheSame() {
    add(17, "1.0", "a_b", "kept", "");
    add(25, "2.0", "c_d", "broken", "");
    add(17, "2.0", "e_f", "not-applicable", "why");
    String page = page();
    Collections.reverse(results);

    assertThat(page()).isEqualTo(page);
  }

  @Test
  void parse_lineOfOtherShape_saysWhatIsExpected() {
    assertThatThrownBy(() -> Result.parse(17, "a\tb"))
        .hasMessageContaining("(expected: 7 fields between tabs)");
  }
}
