package io.endomesh.controller.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdAddressTest {

  private static final Path CA = Path.of("ca.pem");

  @Test
  void address_membersAndPrefix_areRead() {
    EtcdAddress address = EtcdAddress.parse("etcd://a,b:12379,[::1]/meshes/shop", CA, null, null);

    assertThat(address.members()).containsExactly("a:2379", "b:12379", "[::1]:2379");
    assertThat(address.prefix()).isEqualTo("meshes/shop");
    assertThat(address).hasToString("etcd://a:2379,b:12379,[::1]:2379/meshes/shop");
    assertThat(EtcdAddress.parse("etcd://localhost", null, null, null).prefix())
        .isEqualTo("endomesh");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a:2379",
        "http://a",
        "etcd://",
        "etcd://a,,b",
        "etcd://a:x",
        "etcd://user:secret@a",
        "etcd://a/with space",
        "etcd://a//b",
        "etcd://a/../b c"
      })
  void address_isNone_isRefused(String text) {
    assertThatThrownBy(() -> EtcdAddress.parse(text, CA, null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: etcd://HOST");
  }

  @Test
  void plaintext_beyondThisMachine_isRefused() {
    assertThatThrownBy(() -> EtcdAddress.parse("etcd://127.0.0.1,a", null, null, null))
        .hasMessageContaining("plaintext beyond this machine (expected: --etcd-ca FILE");
    assertThatThrownBy(() -> EtcdAddress.parse("etcd://a", CA, CA, null))
        .hasMessageContaining("one without the other");
    assertThatThrownBy(() -> EtcdAddress.parse("etcd://localhost", null, CA, CA))
        .hasMessageContaining("without --etcd-ca");
  }
}
