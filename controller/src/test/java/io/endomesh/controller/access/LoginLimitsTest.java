package io.endomesh.controller.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoginLimitsTest {

  private long now;
  private final LoginLimits limits = new LoginLimits(() -> now);

  private static InetAddress address(String text) throws Exception {
    return InetAddress.getByName(text);
  }

  @Test
  void take_oneAddress_tenAtOnceAndThenOneInSixSeconds() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(limits.take(address("192.0.2.1"), "user-" + i)).isZero();
    }
    assertThat(limits.take(address("192.0.2.1"), "anna")).isBetween(6L, 7L);
    assertThat(limits.take(address("192.0.2.2"), "anna")).isZero();

    now += TimeUnit.SECONDS.toNanos(6);
    assertThat(limits.take(address("192.0.2.1"), "anna")).isZero();
    assertThat(limits.take(address("192.0.2.1"), "anna")).isPositive();
  }

  @Test
  void take_oneUserFromManyAddresses_isLimitedToo() throws Exception {
    int through = 0;
    for (int i = 1; i < 100; i++) {
      through += limits.take(address("198.51.100." + i), "anna") == 0 ? 1 : 0;
    }

    assertThat(through).isEqualTo(10);
  }

  @Test
  void take_addressesOfOneIpv6Network_shareOneRate() throws Exception {
    int through = 0;
    for (int i = 0; i < 50; i++) {
      through += limits.take(address("2001:db8:1:2::" + i), "user-" + i) == 0 ? 1 : 0;
    }

    assertThat(through).isEqualTo(10);
  }
}
