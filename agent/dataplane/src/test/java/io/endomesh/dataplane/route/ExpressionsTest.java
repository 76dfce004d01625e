package io.endomesh.dataplane.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.endomesh.dataplane.fuzz.Fuzzing;
import io.endomesh.dataplane.fuzz.Mutator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Also a target of Jazzer. */
public class ExpressionsTest {

  private static final int MOST = 5_000;

  /** Nothing is compiled that has more states than were measured. */
  public static void fuzzerTestOneInput(byte[] input) {
    String expression = new String(input, StandardCharsets.UTF_8);
    Pattern pattern;
    try {
      pattern = Expressions.compile(expression, 0);
    } catch (PatternSyntaxException refused) {
      return;
    }
    assertThat((long) pattern.programSize()).isLessThanOrEqualTo(Expressions.states(expression));
    pattern.matches("/orders/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
  }

  static Stream<String> bombs() {
    return Stream.of(
        "(?:a{1000}){1000}",
        "(?:(?:a{1000}){1000}){1000}",
        "((a{0,30}){0,30}){0,30}",
        "((a{0,1000}){0,10}){2}",
        "(?:[ab]{900,}){900,}",
        "(".repeat(20_000) + "a" + ")".repeat(20_000),
        "(?:".repeat(2_000) + "a" + ")*".repeat(2_000),
        "a?".repeat(11_000) + "a".repeat(11_000),
        "a|".repeat(2_500),
        "(?i)(?:\\pL{1000}){100}",
        "(?:a{1000})(?i){1000}",
        "(?:a{1000})\\Q\\E{1000}",
        // In brackets to who reads them a little otherwise than RE2/J.
        "[0-[:](?:a{1000}){1000}:]",
        "[\\d-[:alpha:][](?:a{1000}){1000}]",
        "[]-[:](?:a{1000}){1000}:]",
        "[\\pL-[:alpha:][](?:a{1000}){1000}]");
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void compileOwn_bomb_isRefusedBeforeItIsCompiled(String bomb) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> Expressions.compileOwn(bomb))
        .isInstanceOf(PatternSyntaxException.class)
        .hasMessageContaining("too large");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void compileOwn_worstThatIsTaken_endsOnALongPath() {
    Pattern worst = Expressions.compileOwn("((a{0,9}){0,9}){0,9}b");
    long start = System.nanoTime();
    assertThat(worst.matches("a".repeat(8_192))).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void compileOwn_whatPeopleWrite_isTaken() {
    String hosts = String.join("|", java.util.Collections.nCopies(60, "[a-z]+[.]shop[.]example"));
    assertThat(Expressions.compileOwn("(?:" + hosts + ")").matches("a.shop.example")).isTrue();
    assertThat(Expressions.compileOwn("/v[12]/[0-9a-f]{8}(-[0-9a-f]{4}){3}/.*").pattern())
        .isNotEmpty();
    assertThatThrownBy(() -> Expressions.compileOwn("/v(2"))
        .isInstanceOf(PatternSyntaxException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?i)\u1c80",
        "a(?s-m:b)(?mi:\u1c88)",
        "(?i)\\x{1C83}",
        "(?i)\\Qa\u1c81\\E",
        "(?i)[\u1c82]",
        "(?i)[^]a-\uffff]",
        "(?i)[\\x01-\\x{1e942}]",
        "(?i)[[:alpha:]\\dB-\\x{10FFFF}]",
        "(?i)[a-\ud83d\ude00]"
      })
  void compileOwn_caseOfWhatHasNoEnd_isRefused(String endless) {
    assertThatThrownBy(() -> Expressions.compileOwn(endless))
        .isInstanceOf(PatternSyntaxException.class)
        .hasMessageContaining("ignores the case");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"(?i)[a-", "(?i)[", "(?i)[^", "(?i)[a-\\", "(?i)[\\p", "(?i)\\x{", "(?i)[[:a"})
  void compileOwn_caseOfWhatBreaksOff_isRefusedAsRe2Does(String broken) {
    assertThatThrownBy(() -> Expressions.compileOwn(broken))
        .isInstanceOf(PatternSyntaxException.class);
  }

  @Test
  void compileOwn_caseOfOthers_isIgnored() {
    assertThat(Expressions.compileOwn("(?i)[^/]+/\u0432\u0430").matches("A/\u0412\u0410")).isTrue();
    assertThat(Expressions.compileOwn("(?i)[\u4e00-\u9fff-x]+").matches("\u4e2dX")).isTrue();
    assertThat(Expressions.compileOwn("(?i)[\\x00-\\x{10FFFF}]").matches("\u1c80")).isTrue();
    assertThat(Expressions.compileOwn("\u1c80").matches("\u1c80")).isTrue();
  }

  /** Whichever JDK, and version of RE2/J: all that are taken come to an end. */
  @Test
  void compile_caseOfEachCharacter_ends() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          String cyrillic = "\u1c80\u1c81\u1c82\u1c83\u1c84\u1c85\u1c86\u1c87\u1c88";
          for (int c = 1; c <= Character.MAX_CODE_POINT; c++) {
            if (Character.toLowerCase(c) != c || Character.toUpperCase(c) != c) {
              String one = Character.toString(c);
              try {
                Pattern pattern = Expressions.compile("(?i)\\Q" + one + "\\E.*", 0);
                pattern.matches(cyrillic);
                assertThat(pattern.matches(one)).as("U+%04X", c).isTrue();
              } catch (PatternSyntaxException endless) {
                assertThat(cyrillic).contains(one);
              }
            }
          }
        });
  }

  @Test
  void expression_mutated_hasNoMoreStatesThanMeasured() throws IOException {
    Mutator mutator =
        Mutator.of(
            "(",
            ")",
            "(?:",
            "(?i)",
            "(?P<a>",
            "[",
            "[^",
            "]",
            "[:alpha:]",
            "{2}",
            "{3,}",
            "{0,40}",
            "{",
            "}",
            "*",
            "+?",
            "?",
            "|",
            "\\Q",
            "\\E",
            "\\pL",
            "\\p{Greek}",
            "\\x{10FFFF}",
            "\\",
            "^",
            "$",
            "\\b",
            ".",
            "é",
            "(?:a{9}){9}");
    Fuzzing.run(
        Fuzzing.corpus("expressions"), mutator, 10_000, ExpressionsTest::fuzzerTestOneInput);
  }
}
