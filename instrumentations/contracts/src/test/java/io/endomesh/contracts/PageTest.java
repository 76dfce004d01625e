package io.endomesh.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {

  private final List<Result> results = new ArrayList<>();

  private void add(int jdk, String version, String promise, String outcome, String reason) {
    add(jdk, version, "contract", promise, outcome, reason, "every-change");
  }

  private void add(
      int jdk, String version, String of, String promise, String outcome, String why, String when) {
    results.add(
        Result.parse(
            jdk, String.join("\t", "Lib", version, "HTTP", of, promise, outcome, why, when)));
  }

  private String page() {
    return write(Tally.of(results));
  }

  private static String write(Page page) {
    return PageText.write(page, "- none\n");
  }

  private static Page read(String text) {
    return PageText.read(text.lines().toList());
  }

  /** Whoever leaves a behaviour out has to change a number that users read. */
  @Test
  void readme_saysHowManyBehavioursAreNotGiven() throws IOException {
    Path root = Path.of("../..");
    Page page = PageText.read(Files.readAllLines(root.resolve("docs/compatibility.md")));

    assertThat(Files.readString(root.resolve("README.md")))
        .contains("**" + page.notGiven() + "** behaviours");
  }

  @Test
  void text_promisesKeptAndBroken_areCountedByJdk() {
    add(17, "1.0", "a_b", "kept", "");
    add(17, "1.0", "c_d", "broken", "");
    add(25, "1.0", "a_b", "kept", "");

    assertThat(page())
        .contains("| library | version | contract | JDK 17 | JDK 25 |")
        .contains("| Lib | 1.0 | HTTP | **1 of 2** | **1 of 1** |")
        .contains("- Lib 1.0, JDK 17: “c: d”: broken");
  }

  @Test
  void text_promiseThatDoesNotApply_isListedWithItsReason() {
    add(17, "1.0", "a_b", "kept", "");
    add(17, "1.0", "c_d", "not-applicable", "it has none");

    assertThat(page())
        .contains("| Lib | 1.0 | HTTP | **1 of 1** |")
        .contains("- Lib 1.0, JDK 17: “c: d”: it has none");
  }

  @Test
  void text_nothingApplies_isSaidOnce() {
    add(17, "1.0", "a_b", "not-applicable", "too old");
    add(17, "1.0", "c_d", "not-applicable", "too old");

    assertThat(page())
        .contains("| Lib | 1.0 | HTTP | **does not apply** |")
        .contains("- Lib 1.0, JDK 17: all promises: too old")
        .doesNotContain("“");
  }

  @Test
  void text_versions_areInOrderOfTheirNumbers_andOneWithoutResultsIsSaid() {
    add(17, "10.1", "a_b", "kept", "");
    add(25, "9.0", "a_b", "kept", "");

    assertThat(page())
        .containsSubsequence(
            "| Lib | 9.0 | HTTP | not run | **1 of 1** |",
            "| Lib | 10.1 | HTTP | **1 of 1** | not run |");
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
  void text_runOnDemandOnly_isNotBold() {
    add(17, "1.0", "contract", "a_b", "kept", "", "on-demand");

    assertThat(page()).contains("| Lib | 1.0 | HTTP | 1 of 1 |");
  }

  @Test
  void read_whatWasWritten_isThePage() {
    add(17, "1.0", "a_b", "kept", "");
    add(17, "2.0, set otherwise", "contract", "a_b", "kept", "", "on-demand");
    add(25, "1.0", "c_d", "not-applicable", "why, JDK 21: so");
    add(25, "", "own", "e_f", "broken", "", "every-change");

    assertThat(read(page())).isEqualTo(Tally.of(results));
  }

  @Test
  void with_partRunAgain_isAsItCameOut_andAllElseStays() {
    add(17, "1.0", "a_b", "broken", "");
    add(17, "2.0", "contract", "a_b", "kept", "", "on-demand");
    add(25, "2.0", "contract", "a_b", "broken", "", "on-demand");
    Page before = Tally.of(results);
    results.clear();
    add(17, "1.0", "a_b", "kept", "");
    add(17, "1.0", "c_d", "kept", "");

    assertThat(write(before.with(Tally.of(results))))
        .contains("| Lib | 1.0 | HTTP | **2 of 2** | not run |")
        .contains("| Lib | 2.0 | HTTP | 1 of 1 | 0 of 1 |")
        .doesNotContain("1.0, JDK 17:")
        .contains("- Lib 2.0, JDK 25: “a: b”: broken")
        .contains("### HTTP\n\n- a: b\n- c: d\n");
  }

  @Test
  void with_partRunAgain_promisesOfTheLibrary_goOnlyIfAllItsRowsWereRun() {
    add(17, "1.0", "own", "old_one", "kept", "", "every-change");
    add(17, "2.0", "own", "old_two", "kept", "", "on-demand");
    Page before = Tally.of(results);
    results.clear();
    add(17, "1.0", "own", "new_one", "kept", "", "every-change");
    Page one = Tally.of(results);
    add(17, "2.0", "own", "new_two", "kept", "", "on-demand");

    assertThat(before.with(one).own().get("Lib"))
        .containsExactly("new: one", "old: one", "old: two");
    assertThat(before.with(Tally.of(results)).own().get("Lib"))
        .containsExactly("new: one", "new: two");
  }

  @Test
  void with_nothingElse_isThePageItself() {
    add(17, "1.0", "a_b", "kept", "");
    add(25, "1.0", "own", "c_d", "not-applicable", "why", "every-change");
    Page page = Tally.of(results);

    assertThat(page.with(page)).isEqualTo(page);
  }

  @Test
  void parse_lineOfOtherShape_saysWhatIsExpected() {
    assertThatThrownBy(() -> Result.parse(17, "a\tb"))
        .hasMessageContaining("(expected: 8 fields between tabs)");
  }
}
