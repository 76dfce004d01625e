package io.endomesh.dataplane.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        "(?:a{1000})\\Q\\E{1000}");
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
