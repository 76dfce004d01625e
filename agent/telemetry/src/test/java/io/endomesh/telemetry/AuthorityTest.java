package io.endomesh.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorityTest {

  @ParameterizedTest
  @CsvSource({
    "orders, orders, 0",
    "orders:8080, orders, 8080",
    "orders:, orders, 0",
    "orders:x, orders, 0",
    "[::1], ::1, 0",
    "[::1]:443, ::1, 443",
    "'', '', 0"
  })
  void of_anyText_splitsHostAndPort(String text, String host, int port) {
    assertThat(Authority.of(text)).isEqualTo(new Authority(host, port));
  }
}
