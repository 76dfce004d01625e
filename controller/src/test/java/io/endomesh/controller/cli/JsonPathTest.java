package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPathTest {

  private static final String DOCUMENT =
      """
      {"kind":"List","items":[
        {"metadata":{"name":"a","labels":{"app.io/x":"1"}},"n":1},
        {"metadata":{"name":"b"},"n":2,"on":true}]}
      """;

  private static String of(String template) throws Exception {
    JsonNode document = new ObjectMapper().readTree(DOCUMENT);
    return JsonPath.parse(template).of(document);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{.kind}                                      | List",
        ".kind                                        | List",
        "kind                                         | List",
        "{$.items[*].metadata.name}                   | a b",
        "{.items[0].metadata.name}                    | a",
        "{.items[-1].metadata.name}                   | b",
        "{.items[5].metadata.name}                    | ''",
        "{.items[0].metadata.labels['app.io/x']}      | 1",
        "{..name}                                     | a b",
        "{.items[?(@.metadata.name==\"b\")].n}        | 2",
        "{.items[?(@.n!=2)].metadata.name}            | a",
        "{.items[?(@.on==true)].n}                    | 2",
        "kind={.kind}, {.items[0].n}                  | kind=List, 1",
        "{.items[0].metadata.*}                       | a {\"app.io/x\":\"1\"}",
        "{.missing}                                   | ''"
      })
  void of_template_isWhatKubectlMakesOfIt(String template, String text) throws Exception {
    assertThat(of(template)).isEqualTo(text);
  }

  @Test
  void of_quotedLineEnd_isALineEnd() throws Exception {
    assertThat(of("{.kind}{\"\\n\"}{.kind}")).isEqualTo("List\nList");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{.items[}", "{.items", "{.items[?(@.n>1)]}", "{.a b}", "{[x]}"})
  void parse_whatIsNoPath_isRefusedInASentence(String template) {
    assertThatThrownBy(() -> JsonPath.parse(template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: ");
  }
}
