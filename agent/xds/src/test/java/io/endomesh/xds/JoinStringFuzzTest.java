package io.endomesh.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.fuzz.Fuzzing;
import io.endomesh.dataplane.fuzz.Mutator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Also a target of Jazzer. */
public class JoinStringFuzzTest {

  private static final String SECRET = "emt_0123456789abcdef";

  /** The text that stands in base64 after the prefix. */
  public static void fuzzerTestOneInput(byte[] input) {
    parse("em1." + Base64.getUrlEncoder().withoutPadding().encodeToString(input));
    parse(new String(input, StandardCharsets.UTF_8));
  }

  private static void parse(String text) {
    try {
      JoinString join = JoinString.parse(text);
      assertThat(join.port()).isBetween(1, 65_535);
      assertThat(join.rootFingerprint()).matches("sha256:[0-9a-f]{64}");
      assertThat(join.toString()).doesNotContain(SECRET);
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).startsWith("join string: ").doesNotContain(SECRET);
    }
  }

  @Test
  void joinString_mutated_isRefusedAndTellsNoSecret() throws IOException {
    List<byte[]> corpus = Fuzzing.corpus("join-string");
    Mutator mutator =
        Mutator.of("{", "}", "\"", ":", ",", "\\u00", "\\", "\0", "[::1]:7443", "ca", "em1.", " ");
    Fuzzing.run(corpus, mutator, 10_000, JoinStringFuzzTest::fuzzerTestOneInput);
  }
}
