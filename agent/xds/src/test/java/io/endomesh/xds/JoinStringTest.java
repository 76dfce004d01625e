package io.endomesh.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JoinStringTest {

  private static final String CA = "sha256:" + "0a".repeat(32);

  private static String encode(String json) {
    return "em1."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String whole(String controller) {
    return encode(
        "{\"controller\":\"" + controller + "\",\"token\":\"emt_secret\",\"ca\":\"" + CA + "\"}");
  }

  @Test
  void parse_whole_readsAllParts() {
    JoinString join = JoinString.parse(" " + whole("mesh.example:8443") + "\n");
    assertThat(join.host()).isEqualTo("mesh.example");
    assertThat(join.port()).isEqualTo(8443);
    assertThat(join.token()).isEqualTo("emt_secret");
    assertThat(join.rootFingerprint()).isEqualTo(CA);
    assertThat(join.toString()).doesNotContain("emt_secret");
  }

  @Test
  void secret_inAFile_isReadEachTime(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("token");
    JoinString join = new JoinString("mesh.example", 8443, "file:" + file, CA);
    assertThatThrownBy(join::secret)
        .hasMessage(file + ": absent (expected: a file that holds a token)");
    Files.writeString(file, "one\n");
    assertThat(join.secret()).isEqualTo("one");
    Files.writeString(file, "two");
    assertThat(join.secret()).isEqualTo("two");
    for (String none : List.of("", "a b", "a\nb", "x".repeat(20_000))) {
      Files.writeString(file, none);
      assertThatThrownBy(join::secret).hasMessageContaining("holds no token");
    }
  }

  @Test
  void parse_ipv6Controller_losesTheBrackets() {
    JoinString join = JoinString.parse(whole("[::1]:8443"));
    assertThat(join.host()).isEqualTo("::1");
    assertThat(join.controller()).isEqualTo("[::1]:8443");
  }

  @Test
  void parse_cutShort_saysSoWithoutRepeatingTheSecret() {
    String cut = whole("mesh.example:8443");
    assertThatThrownBy(() -> JoinString.parse(cut.substring(0, cut.length() - 28)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cut short or damaged")
        .hasMessageNotContaining("emt_");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello                                     | does not begin with em1.",
        "em1.***                                   | is no base64",
        "em1.e30                                   | controller is missing",
      })
  void parse_unreadable_saysWhatWasExpected(String text, String reason) {
    assertThatThrownBy(() -> JoinString.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("join string: ")
        .hasMessageContaining(reason)
        .hasMessageContaining("(expected: ");
  }

  @ParameterizedTest
  @CsvSource({"mesh.example", "mesh.example:0", "mesh.example:http", ":8443"})
  void parse_badController_namesIt(String controller) {
    assertThatThrownBy(() -> JoinString.parse(whole(controller)))
        .hasMessageContaining("controller: " + controller + " (expected: host:port)");
  }

  @Test
  void parse_badFingerprint_namesIt() {
    assertThatThrownBy(
            () ->
                JoinString.parse(
                    encode("{\"controller\":\"a:1\",\"token\":\"t\",\"ca\":\"sha256:12\"}")))
        .hasMessageContaining("ca: sha256:12 (expected: sha256:");
  }

  @Test
  void parse_escapes_areDecoded() {
    JoinString join =
        JoinString.parse(
            encode(
                "{ \"controller\" : \"a:1\", \"token\":\"a\\u0062\\/\\\"\", \"ca\":\""
                    + CA
                    + "\" }"));
    assertThat(join.token()).isEqualTo("ab/\"");
  }
}
