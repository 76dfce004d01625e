package io.endomesh.dataplane.authorize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressRangeTest {

  @Test
  void contains_addressInsideAndOutside_comparesOnlyThePrefix() {
    AddressRange range = AddressRange.of("10.1.128.0", 17);
    assertThat(range.contains("10.1.200.7")).isTrue();
    assertThat(range.contains("10.1.127.255")).isFalse();
    assertThat(AddressRange.of("0.0.0.0", 0).contains("192.0.2.1")).isTrue();
  }

  @Test
  void contains_otherFamilyNameOrNull_isFalse() {
    AddressRange range = AddressRange.of("2001:db8::", 32);
    assertThat(range.contains("2001:db8:1::5")).isTrue();
    assertThat(range.contains("10.1.1.1")).isFalse();
    assertThat(range.contains("localhost")).isFalse();
    assertThat(range.contains("1:2:zz")).isFalse();
    assertThat(range.contains(null)).isFalse();
  }

  @Test
  void of_prefixLongerThanAddressOrName_saysWhatIsExpected() {
    assertThatThrownBy(() -> AddressRange.of("10.0.0.0", 33))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10.0.0.0/33 (expected:");
    assertThatThrownBy(() -> AddressRange.of("orders", 8))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1,                    true",
    "255.255.255.255,             true",
    "::,                          true",
    "::1,                         true",
    "fe80::1%eth0,                true",
    "2001:db8:0:0:0:0:0:1,        true",
    "::ffff:10.0.0.1,             true",
    "1:2:3:4:5:6:7:8,             true",
    "1:2:3:4:5:6:10.0.0.1,        true",
    "1::,                         true",
    "256.0.0.1,                   false",
    "999.1.1.1,                   false",
    "10.0.0,                      false",
    "10.0.0.0.1,                  false",
    "010.0.0.1,                   false",
    "10.0.0.1.,                   false",
    ".10.0.0.1,                   false",
    "10..0.1,                     false",
    "+10.0.0.1,                   false",
    "1:2:3:4:5:6:7,               false",
    "1:2:3:4:5:6:7:8:9,           false",
    "1::2::3,                     false",
    ":::,                         false",
    ":1,                          false",
    "1:,                          false",
    "12345::,                     false",
    "g::,                         false",
    "1:2:3:4:5:6:7:10.0.0.1,      false",
    "::10.0.0,                    false",
    "[::1],                       false",
    "orders,                      false",
    "'',                          false",
  })
  void isAddress_onlyWhatNobodyHasToLookUp(String text, boolean address) {
    assertThat(AddressRange.isAddress(text)).isEqualTo(address);
  }

  @Test
  void contains_ipv4MappedIntoIpv6_isTheIpv4Address() {
    assertThat(AddressRange.of("10.0.0.0", 8).contains("::ffff:10.1.2.3")).isTrue();
    assertThat(AddressRange.of("10.0.0.0", 8).contains("::ffff:a01:203")).isTrue();
    assertThat(AddressRange.of("2001:db8::", 32).contains("2001:db8::5%eth0")).isTrue();
  }

  @Test
  void isAddress_whatTheJdkSaysOfRandomOnes_isTheSame() throws Exception {
    Random random = new Random(11);
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(bytes);
      if (random.nextBoolean()) {
        Arrays.fill(bytes, random.nextInt(bytes.length), bytes.length, (byte) 0);
      }
      String text = InetAddress.getByAddress(bytes).getHostAddress();
      assertThat(AddressRange.of(text, bytes.length * 8).contains(text)).as(text).isTrue();
      if (bytes[bytes.length - 1] != 1) {
        bytes[bytes.length - 1] = 1;
        String other = InetAddress.getByAddress(bytes).getHostAddress();
        assertThat(AddressRange.of(text, bytes.length * 8).contains(other)).as(text).isFalse();
      }
    }
  }

  @Test
  void parse_rangeOrAddress_hasItsLength() {
    assertThat(AddressRange.parse("10.0.0.0/8")).isEqualTo(AddressRange.of("10.0.0.0", 8));
    assertThat(AddressRange.parse("10.0.0.1").prefixBits()).isEqualTo(32);
    assertThat(AddressRange.parse("2001:db8::1")).hasToString("2001:db8::1/128");
    assertThatThrownBy(() -> AddressRange.parse("10.0.0.0/"))
        .hasMessageContaining("'10.0.0.0/' (expected: an IP address, or a range");
  }
}
