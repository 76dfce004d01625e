package io.endomesh.controller.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.tokens.JoinString;
import io.endomesh.controller.tokens.Secrets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RedactionTest {

  private static final String CANARY = "k4n4ri-9Xz";

  static Stream<String> texts() {
    return Stream.of(
        "authorization: Bearer " + CANARY,
        "Authorization: Basic " + CANARY,
        "password=" + CANARY,
        "jdbc:postgresql://db/shop?user=a&password=" + CANARY + "&ssl=true",
        "{\"clientSecret\":\"" + CANARY + " with spaces\"}",
        "{\\\"client_secret\\\": \\\"" + CANARY + "\\\"}",
        "db.password: '" + CANARY + " and more'",
        "pin = " + CANARY,
        "/setup?ticket=" + CANARY,
        "https://anna:" + CANARY + "@mesh.example/",
        "-----BEGIN PRIVATE KEY-----\nMC4C" + CANARY + "\n-----END PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\\nMC4C" + CANARY,
        "a token emt_" + CANARY,
        "ema_" + CANARY,
        "eyJhbGciOiJ9." + CANARY + ".sig",
        new JoinString("mesh:7443", "emt_" + CANARY, "sha256:00", "example").encoded() + CANARY);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void text_withASecret_isWithoutIt(String text) {
    assertThat(Redaction.text(text)).doesNotContain(CANARY).contains("[redacted]");
  }

  @Test
  void text_withoutASecret_isAsItWas() {
    String text =
        "join-file: /etc/mesh/join (expected: a readable file), token-file /run/x, 3 keys";

    assertThat(Redaction.text(text)).isEqualTo(text);
  }

  @Test
  void text_tokenOfEachKind_isTakenWhole() {
    for (String prefix : new String[] {"ema_", "emt_", "emk_", "ems_"}) {
      String secret = Secrets.secret(prefix);

      assertThat(Redaction.text("it was " + secret + " then")).isEqualTo("it was [redacted] then");
    }
  }

  @Test
  void json_secretFieldsAndHeaders_keepNamesOnly() throws Exception {
    String json =
        """
        {"spec":{"set":{"authorization":"CANARY"},"add":[{"name":"X-Api-Key","value":"CANARY"}],
        "cookie":{"exact":"CANARY"},"password":["CANARY"],"note":"Bearer CANARY",
        "path":"/orders","port":8080}}
        """
            .replace("CANARY", CANARY);

    String clean = Redaction.json(new ObjectMapper().readTree(json)).toString();

    assertThat(clean)
        .doesNotContain(CANARY)
        .contains("authorization", "X-Api-Key", "exact", "/orders", "8080");
  }
}
