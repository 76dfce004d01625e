package io.endomesh.instrumentation.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "@//db:1522/shop                | db:1522 | shop | @//10.0.0.5:1521/shop",
        "scott/tiger@//db:1522/shop?a=b | db:1522 | shop | scott/tiger@//10.0.0.5:1521/shop?a=b",
        "scott/\"t@b\"@//db/shop        | db      | shop | scott/\"t@b\"@//10.0.0.5:1521/shop",
        "@tcps://db/shop:dedicated/i    | db      | shop | @tcps://10.0.0.5:1521/shop:dedicated/i",
        "@db/shop                       | db      | shop | @10.0.0.5:1521/shop",
        "@db:1522/shop                  | db:1522 | shop | @10.0.0.5:1521/shop",
        "@db:1522:shop                  | db:1522 | shop | @10.0.0.5:1521:shop",
        "@db:1522                       | db:1522 | none | @10.0.0.5:1521",
      })
  void oracle_namesOneServer_isLedElsewhere(
      String written, String authority, @Nullable String database, String led) {
    JdbcUrl url = JdbcUrl.parse("jdbc:oracle:thin:" + written);
    assertThat(url.system()).isEqualTo("oracle.db");
    assertThat(url.authority()).isEqualTo(authority);
    assertThat(url.database()).isEqualTo(database);
    assertThat(url.at(new InetSocketAddress("10.0.0.5", 1521)))
        .isEqualTo("jdbc:oracle:thin:" + led);
  }

  @Test
  void oracle_description_isLedElsewhereWhateverTheOrder() {
    String end = ")(CONNECT_DATA=(SERVICE_NAME=shop)))";
    for (String address :
        List.of("(HOST = db)(PORT = 1522)", "(port=1522)(host=db)", "(PORT=1522)(HOST=db)")) {
      JdbcUrl url =
          JdbcUrl.parse("jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)" + address + end);
      assertThat(url.authority()).isEqualTo("db:1522");
      assertThat(url.database()).isEqualTo("shop");
      assertThat(url.at(new InetSocketAddress("10.0.0.5", 1521)).replace(" ", ""))
          .isEqualToIgnoringCase(
              "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=10.0.0.5)(PORT=1521)"
                  + end);
    }
    JdbcUrl withoutPort =
        JdbcUrl.parse("jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=db)" + end);
    assertThat(withoutPort.authority()).isEqualTo("db");
    assertThat(withoutPort.at(new InetSocketAddress("::1", 1521)))
        .contains("(HOST=0:0:0:0:0:0:0:1)(PORT=1521)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "db:1434;databaseName=shop            | db:1434 | shop | ;databaseName=shop",
        "db;encrypt=false                     | db      | none | ;encrypt=false",
        "db\\instance;database=shop             | db      | shop | ;database=shop",
        "db\\instance:1434                      | db:1434 | none | none",
        ";serverName=db;encrypt=false         | db      | none | ;encrypt=false",
        ";portNumber=1434;database=shop;server=db | db:1434 | shop | ;database=shop",
        "other;SERVERNAME = {db} ; a={x;y}}z} | db      | none | ; a={x;y}}z}",
        "db;;a=b;                             | db      | none | ;a=b",
      })
  void sqlServer_namesOneServer_isLedElsewhere(
      String written, String authority, @Nullable String database, @Nullable String rest) {
    JdbcUrl url = JdbcUrl.parse("jdbc:sqlserver://" + written);
    assertThat(url.system()).isEqualTo("microsoft.sql_server");
    assertThat(url.authority()).isEqualTo(authority);
    assertThat(url.database()).isEqualTo(database);
    assertThat(url.at(new InetSocketAddress("10.0.0.5", 1433)))
        .isEqualTo(
            "jdbc:sqlserver://10.0.0.5:1433;hostNameInCertificate=db" + (rest == null ? "" : rest));
  }

  @Test
  void sqlServer_propertiesThatSayWhere_goBeforeTheUrl() {
    JdbcUrl url = JdbcUrl.parse("jdbc:sqlserver://db;applicationIntent=ReadOnly");
    Properties given = new Properties();
    assertThat(url.overridden(null)).isFalse();
    assertThat(url.overridden(given)).isFalse();
    assertThat(url.readOnly(given)).isTrue();

    given.setProperty("ApplicationIntent", "ReadWrite");
    assertThat(url.readOnly(given)).isFalse();

    given.setProperty("server", "other");
    assertThat(url.overridden(given)).isTrue();
  }

  @Test
  void sqlServer_certificateAndIpv6_areToldAsTheDriverTakesThem() {
    assertThat(
            JdbcUrl.parse("jdbc:sqlserver://db;hostNameInCertificate=x")
                .at(new InetSocketAddress("::1", 1433)))
        .isEqualTo(
            "jdbc:sqlserver://;serverName=0:0:0:0:0:0:0:1;portNumber=1433;hostNameInCertificate=x");
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
        "jdbc:oracle:thin:@alias",
        "jdbc:oracle:thin:@db:sid",
        "jdbc:oracle:thin:@//a,b:1521/x",
        "jdbc:oracle:thin:@a:1521,b:1521/x",
        "jdbc:oracle:thin:@ldap://directory/cn=orders",
        "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(HOST=a)(PORT=1))(ADDRESS=(HOST=b)(PORT=2)))",
        "jdbc:oracle:thin:@(DESCRIPTION=(CONNECT_DATA=(SID=x)))",
        "jdbc:oracle:oci:@db:1521/x",
        "jdbc:sqlserver://",
        "jdbc:sqlserver://;databaseName=shop",
        "jdbc:sqlserver://a,1433;databaseName=shop",
        "jdbc:sqlserver://a;failoverPartner=b",
        "jdbc:sqlserver://a;databaseName={shop",
        "jdbc:jtds:sqlserver://db/shop",
        "jdbc:postgresql://db:notaport/x",
        "",
      })
  void parse_namesNotOneServer_isLeftAlone(String url) {
    assertThat(JdbcUrl.parse(url)).isNull();
  }
}
