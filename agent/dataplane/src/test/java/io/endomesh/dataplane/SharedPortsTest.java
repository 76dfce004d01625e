package io.endomesh.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.Port;
import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.TestAuthority;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One port, several workloads. */
class SharedPortsTest {

  private final TestAuthority authority = new TestAuthority();
  private final Mesh own = new Mesh(TestMesh.WORKLOAD);
  private final Mesh orders = new Mesh(TestMesh.WORKLOAD);
  private final SharedPorts ports = new SharedPorts(own);
  private final List<String> told = new ArrayList<>();

  private void publish(Mesh mesh, TlsMode mode, String service) {
    Identity identity = authority.identity("spiffe://td/ns/shop/sa/" + service);
    Inbound inbound = new Inbound(Map.of(), new Port(mode, Authorization.ALLOW_ALL));
    mesh.publish(new Snapshot(1, Map.of(), inbound, identity));
  }

  @ParameterizedTest
  @CsvSource({
    "STRICT, STRICT, STRICT",
    "PERMISSIVE, STRICT, PERMISSIVE",
    "DISABLE, STRICT, PERMISSIVE",
    "DISABLE, DISABLE, DISABLE"
  })
  void tls_takesWhatAnyOfThemTakes(TlsMode ofOwn, TlsMode ofOrders, TlsMode both) {
    publish(own, ofOwn, "tomcat");
    publish(orders, ofOrders, "orders");
    ports.enter(orders);

    assertThat(own.serverTls(8080).mode()).isEqualTo(both);
    assertThat(own.serverTls(8080).context() == null).isEqualTo(both == TlsMode.DISABLE);

    ports.leave(orders);
    assertThat(own.serverTls(8080).mode()).isEqualTo(ofOwn);
  }

  @Test
  void tls_ofTheSameIdentities_isTheSameContext() {
    publish(own, TlsMode.PERMISSIVE, "tomcat");
    publish(orders, TlsMode.PERMISSIVE, "orders");
    ports.enter(orders);
    var before = own.serverTls(8080).context();

    assertThat(own.serverTls(8080).context()).isSameAs(before);
    publish(orders, TlsMode.PERMISSIVE, "orders");
    assertThat(own.serverTls(8080).context()).as("of a new certificate").isNotSameAs(before);
  }

  @Test
  void tls_ofOneWorkloadAlone_isItsOwn() {
    publish(own, TlsMode.PERMISSIVE, "tomcat");

    Identity identity = own.identity();
    assertThat(identity).isNotNull();
    assertThat(own.serverTls(8080).context()).isSameAs(identity.serverContext());
  }

  @Test
  void ports_boundBeforeAndWhileItIsOffered_areOnesOfTheApplication() {
    orders.listeners(
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
    ports.bound(8080, Protocol.HTTP);
    ports.enter(orders);
    assertThat(told).isEmpty();

    ports.offer(orders);
    ports.bound(8081, Protocol.HTTP);
    ports.closed(8080);
    ports.withdraw(orders);
    ports.leave(orders);
    ports.bound(8082, Protocol.HTTP);

    assertThat(told).containsExactly("bound 8080", "bound 8081", "closed 8080", "closed 8081");
  }
}
