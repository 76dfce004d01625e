package io.endomesh.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import org.junit.jupiter.api.Test;

class SeriesTableTest {

  private final SeriesTable table = new SeriesTable();

  @Test
  void find_withOneFieldDifferent_findsNothing() {
    int hash = SeriesTable.hash("a", "b", "c", null, 1);
    Attributes attributes = Attributes.builder().put("x", "y").build();
    table.add(hash, "a", "b", "c", null, 1, attributes);

    assertThat(table.find(hash, "a", "b", "c", null, 1)).isSameAs(attributes);
    assertThat(table.find(hash, null, "b", "c", null, 1)).isNull();
    assertThat(table.find(hash, "a", null, "c", null, 1)).isNull();
    assertThat(table.find(hash, "a", "b", "d", null, 1)).isNull();
    assertThat(table.find(hash, "a", "b", "c", "e", 1)).isNull();
    assertThat(table.find(hash, "a", "b", "c", null, 2)).isNull();
  }

  @Test
  void find_inOneBucket_findsEach() {
    for (int code = 0; code < 10; code++) {
      table.add(7, "a", "b", "c", null, code, Attributes.builder().put("code", code).build());
    }

    for (int code = 0; code < 10; code++) {
      assertThat(table.find(7, "a", "b", "c", null, code))
          .isEqualTo(Attributes.builder().put("code", code).build());
    }
  }

  @Test
  void add_moreThanTheSdkKeeps_staysBounded() {
    for (int code = 0; code < 3000; code++) {
      int hash = SeriesTable.hash("a", "b", "c", null, code);
      table.add(hash, "a", "b", "c", null, code, Attributes.empty());
    }

    assertThat(table.size()).isEqualTo(2000);
  }
}
