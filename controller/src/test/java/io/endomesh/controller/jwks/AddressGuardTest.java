package io.endomesh.controller.jwks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.authorize.AddressRange;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "::127.0.0.1",
      })
  void guard_addressThatIsNotPublic_isRefused(String address) throws Exception {
    AddressGuard guard = new AddressGuard(List.of(), "--jwks");
    assertThat(guard.isAllowed(InetAddress.getByName(address))).isFalse();
    assertThatThrownBy(() -> guard.resolve(address)).isInstanceOf(KeyFetchException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1", "2a00:1450::1"})
  void guard_publicAddress_isAsked(String address) throws Exception {
    assertThat(new AddressGuard(List.of(), "--jwks").isAllowed(InetAddress.getByName(address)))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/x", "ten", "", "10.0.0/8", "fd00::/200"})
  void option_thatIsNoRange_isRefused(String range) {
    assertThatThrownBy(() -> AddressRange.parse(range))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
