package io.endomesh.controller.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.proto.v1.Port;
import io.endomesh.proto.v1.Registration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundsTest {

  private final Registration.Builder registration =
      Registration.newBuilder().setNamespace("shop").setService("orders").setInstance("orders-1");

  private String wrong() {
    return String.valueOf(Bounds.wrong(registration.build()));
  }

  @Test
  void wrong_asAgentsSayIt_isNothing() {
    registration
        .setAddress("10.0.0.7")
        .putLabels("topology.kubernetes.io/region", "eu")
        .addPorts(Port.newBuilder().setNumber(8080).setAdvertised(9443));

    assertThat(Bounds.wrong(registration.build())).isNull();
  }

  @Test
  void wrong_instance_isNamedOnOneLine() {
    registration.setInstance("a\nWARN forged");
    assertThat(wrong()).startsWith("instance: 'a?WARN forged' (expected: a name without commas");
    registration.setInstance("x".repeat(254));
    assertThat(wrong()).startsWith("instance: 'xxx").contains("…'").hasSizeLessThan(200);
    registration.setInstance("a,b");
    assertThat(wrong()).startsWith("instance: 'a,b'");
  }

  @Test
  void wrong_labels_areNamed() {
    registration.putLabels("version", "v".repeat(254));
    assertThat(wrong()).startsWith("labels.version: 'vvv").endsWith("no control characters)");
    registration.clearLabels().putLabels("n".repeat(318), "v");
    assertThat(wrong()).startsWith("labels: the name 'nnn");
    registration.clearLabels();
    for (int i = 0; i < 65; i++) {
      registration.putLabels("l" + i, "v");
    }
    assertThat(wrong()).isEqualTo("labels: 65 (expected: at most 64)");
  }

  @Test
  void wrong_ports_areNamed() {
    registration.addPorts(Port.newBuilder().setNumber(8080));
    registration.addPorts(Port.newBuilder().setNumber(8080));
    assertThat(wrong()).isEqualTo("ports: 8080 (expected: numbers from 1 to 65535, each once)");
    registration.clearPorts();
    for (int i = 1; i <= 101; i++) {
      registration.addPorts(Port.newBuilder().setNumber(i));
    }
    assertThat(wrong()).isEqualTo("ports: 101 (expected: at most 100)");
  }

  @Test
  void wrong_all_isBounded() {
    registration.setMainClass("x".repeat(70_000));

    assertThat(wrong()).startsWith("registration: 70").endsWith("bytes (expected: at most 65536)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"orders.example", "0.0.0.0", "::", "224.0.0.1", "169.254.169.254", "fe80::1", "1"})
  void wrong_addressOfNobodyOrMany_isNamed(String address) {
    registration.setAddress(address);

    assertThat(wrong()).startsWith("address: '" + address + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.1.2.3", "2001:db8::7", "::1"})
  void wrong_addressOfAMachine_isNothing(String address) {
    registration.setAddress(address);

    assertThat(Bounds.wrong(registration.build())).isNull();
  }
}
