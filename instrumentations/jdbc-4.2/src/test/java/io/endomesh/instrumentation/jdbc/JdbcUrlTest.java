package io.endomesh.instrumentation.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcUrlTest {

  @Test
  void parse_postgresql_namesHostPortAndDatabase() {
    JdbcUrl url = JdbcUrl.parse("jdbc:postgresql://orders-db:5433/shop?sslmode=disable");
    assertThat(url.system()).isEqualTo("postgresql");
    assertThat(url.authority()).isEqualTo("orders-db:5433");
    assertThat(url.database()).isEqualTo("shop");
    assertThat(url.at(new InetSocketAddress("127.0.0.1", 54321)))
        .isEqualTo("jdbc:postgresql://127.0.0.1:54321/shop?sslmode=disable");
  }

  @Test
  void parse_h2Server_keepsItsSettings() {
    JdbcUrl url = JdbcUrl.parse("jdbc:h2:tcp://orders-db/shop;USER=shop");
    assertThat(url.system()).isEqualTo("h2database");
    assertThat(url.authority()).isEqualTo("orders-db");
    assertThat(url.database()).isEqualTo("shop");
    assertThat(url.at(new InetSocketAddress("127.0.0.1", 9092)))
        .isEqualTo("jdbc:h2:tcp://127.0.0.1:9092/shop;USER=shop");
  }

  @Test
  void at_ipv6_isBracketed() {
    assertThat(JdbcUrl.parse("jdbc:mysql://db/x").at(new InetSocketAddress("::1", 3306)))
        .isEqualTo("jdbc:mysql://[0:0:0:0:0:0:0:1]:3306/x");
  }

  @Test
  void at_userInTheUrl_isKept() {
    JdbcUrl url = JdbcUrl.parse("jdbc:mysql://user:secret@db:3307/shop");
    assertThat(url.authority()).isEqualTo("db:3307");
    assertThat(url.at(new InetSocketAddress("127.0.0.1", 3306)))
        .isEqualTo("jdbc:mysql://user:secret@127.0.0.1:3306/shop");
  }

  @Test
  void readOnly_isSaidByTheUrlOrTheProperties() {
    JdbcUrl plain = JdbcUrl.parse("jdbc:postgresql://db/x?a=b");
    Properties reading = new Properties();
    reading.setProperty("readOnly", "true");
    assertThat(plain.readOnly(null)).isFalse();
    assertThat(plain.readOnly(new Properties())).isFalse();
    assertThat(plain.readOnly(reading)).isTrue();
    assertThat(JdbcUrl.parse("jdbc:mysql://db/x?readOnly=true").readOnly(null)).isTrue();
    assertThat(JdbcUrl.parse("jdbc:mysql://db/x?a=b&readOnly=false").readOnly(reading)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:h2:mem:test",
        "jdbc:postgresql:shop",
        "jdbc:postgresql://a,b/shop",
        "jdbc:mysql://user:secret@a,b/shop",
        "jdbc:mysql://(host=a,port=1)/shop",
        "jdbc:mysql:loadbalance://a/shop",
        "jdbc:mariadb://address=(host=a)(port=1)/shop",
        "jdbc:mariadb:sequential://a/shop",
        "jdbc:postgresql://user@db/shop",
        "jdbc:oracle:thin:@db:1521/x",
        "jdbc:postgresql://db:notaport/x",
        "",
      })
  void parse_namesNotOneServer_isLeftAlone(String url) {
    assertThat(JdbcUrl.parse(url)).isNull();
  }
}
