package io.endomesh.controller.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.kinds.QueryParameterModifier.Parameter;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryParameterModifierTest {

  @Test
  void modifier_carriesItsListsInOrder() throws Exception {
    QueryParameterModifier modifier =
        parse(
            "{set: [{name: b, value: '1'}, {name: A, value: ''}], add: [{name: b, value: 100%}],"
                + " remove: [b, a b]}");

    assertThat(modifier.set()).containsExactly(new Parameter("b", "1"), new Parameter("A", ""));
    assertThat(modifier.add()).containsExactly(new Parameter("b", "100%"));
    assertThat(modifier.remove()).containsExactly("b", "a b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | spec.set | absent (expected: something to set, add or remove)",
        "{set: []} | spec.set | absent (expected: something",
        "{set: [{name: '', value: x}]} | spec.set[0].name | '' (expected: a string)",
        "{set: [{value: x}]} | spec.set[0].name | absent (expected: a string)",
        "{add: [{name: x}]} | spec.add[0].value | absent (expected: a string, which may be empty)",
        "{add: [{name: x, value: 1}]} | spec.add[0].value | 1 (expected: a string; put it in",
        "{set: [{name: x, value: a}, {name: x, value: b}]} | spec.set[1].name | 'x' twice",
        "{remove: [x, X, x]} | spec.remove[2] | 'x' twice (expected: once)",
        "{remove: ['']} | spec.remove[0] | '' (expected: the name of a parameter)",
        "{remove: [x], removed: [y]} | spec.removed | unknown field",
      })
  void modifier_thatMakesNoSense_isRefusedByField(String spec, String field, String why) {
    assertThatThrownBy(() -> parse(spec))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining(why)
        .extracting(e -> ((InvalidResourceException) e).field())
        .isEqualTo(field);
  }

  @Test
  void modifier_ofMoreThanSixteen_isRefused() {
    String names = IntStream.range(0, 17).mapToObj(i -> "p" + i).collect(Collectors.joining(", "));

    assertThatThrownBy(() -> parse("{remove: [" + names + "]}"))
        .hasMessageContaining("17 of them (expected: at most 16)");
  }

  private static QueryParameterModifier parse(String spec) throws Exception {
    String yaml =
        """
        apiVersion: endomesh.io/v1
        kind: QueryParameterModifier
        metadata: {name: beta, namespace: shop}
        spec: %s
        """
            .formatted(spec);
    return (QueryParameterModifier)
        ResourceParser.parse(ResourceParser.documents(yaml).get(0)).resource();
  }
}
