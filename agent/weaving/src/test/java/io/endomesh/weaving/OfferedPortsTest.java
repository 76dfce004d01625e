package io.endomesh.weaving;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Protocol;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OfferedPortsTest {

  private final OfferedPorts<Object> ports = new OfferedPorts<>();
  private final List<String> told = new ArrayList<>();
  private final Object server = new Object();

  @BeforeEach
  void listen() {
    Weaving.mesh()
        .listeners(
            new Mesh.Listeners() {
              @Override
              public void bound(int port, Protocol protocol) {
                told.add("bound " + port);
              }

              @Override
              public void closed(int port) {
                told.add("closed " + port);
              }
            });
  }

  @Test
  void server_thatIsNone_isNotOffered() {
    ports.bound(server, 80);
    ports.closing(server);

    assertThat(ports.contains(server)).isFalse();
    assertThat(told).isEmpty();
  }

  @Test
  void port_boundAndClosing_isToldOnceEach_andAgainWhenItStartsAgain() {
    ports.add(server);
    ports.bound(server, 80);
    ports.bound(server, 80);
    assertThat(ports.port(server)).isEqualTo(80);
    ports.closing(server);
    ports.closing(server);
    assertThat(ports.port(server)).isZero();
    ports.add(server);
    ports.bound(server, 81);

    assertThat(told).containsExactly("bound 80", "closed 80", "bound 81");
  }

  @Test
  void server_thatCouldNotBind_isNotOffered_butLookedAt() {
    ports.add(server);
    ports.bound(server, -1);

    assertThat(ports.contains(server)).isTrue();
    assertThat(told).isEmpty();
  }

  @Test
  void server_thatStartsAsSomethingElse_isNoneOfThem() {
    ports.add(server);
    ports.remove(server);
    ports.bound(server, 80);

    assertThat(told).isEmpty();
  }
}
