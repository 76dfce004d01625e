package io.endomesh.dataplane.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Headers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HeaderChangesTest {

  private static final HeaderChanges SET_A = new HeaderChanges(of("h", "a"), List.of(), List.of());
  private static final HeaderChanges SET_B = new HeaderChanges(of("h", "b"), List.of(), List.of());
  private static final HeaderChanges ADD_C = new HeaderChanges(List.of(), of("h", "c"), List.of());
  private static final HeaderChanges ADD_D = new HeaderChanges(List.of(), of("h", "d"), List.of());
  private static final HeaderChanges REMOVE = new HeaderChanges(List.of(), List.of(), List.of("h"));

  private static List<HeaderChanges.Header> of(String name, String value) {
    return List.of(new HeaderChanges.Header(name, value));
  }

  /** Headers that a library would have. */
  private static final class Recorded implements Headers {
    final Map<String, List<String>> values = new LinkedHashMap<>(Map.of("h", List.of("old")));

    @Override
    public @Nullable String header(String name) {
      return values.containsKey(name) ? values.get(name).get(0) : null;
    }

    @Override
    public void setHeader(String name, String value) {
      values.put(name, List.of(value));
    }

    @Override
    public void addHeader(String name, String value) {
      List<String> all = new ArrayList<>(values.getOrDefault(name, List.of()));
      all.add(value);
      values.put(name, all);
    }

    @Override
    public void removeHeader(String name) {
      values.remove(name);
    }
  }

  static Stream<List<HeaderChanges>> pairs() {
    List<HeaderChanges> all = List.of(HeaderChanges.NONE, SET_A, SET_B, ADD_C, ADD_D, REMOVE);
    return all.stream().flatMap(first -> all.stream().map(next -> List.of(first, next)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void then_anyTwo_doesWhatOneAfterTheOtherDoes(List<HeaderChanges> pair) {
    Recorded apart = new Recorded();
    pair.get(0).apply(apart);
    pair.get(1).apply(apart);
    Recorded together = new Recorded();
    pair.get(0).then(pair.get(1)).apply(together);
    assertThat(together.values).isEqualTo(apart.values);
  }
}
