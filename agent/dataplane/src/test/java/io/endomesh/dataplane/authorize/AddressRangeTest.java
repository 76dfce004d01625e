package io.endomesh.dataplane.authorize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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
}
