package io.endomesh.contracts.jettyclient;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientUnderTest;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The contract on a version since 12. */
abstract class JettySince12Version extends JettyClientVersion {

  JettySince12Version() {
    super("io.endomesh.contracts.jettyclient.since12.JettySince12");
  }

  @Test
  void transport_thatChoosesItsProtocol_leadsToTheMesh() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    try (HttpClientUnderTest any = ((AnyProtocol) client()).ofAnyProtocol()) {
      assertThat(any.call("GET", "http://orders/", Map.of(), null).text()).isEqualTo("orders");
    }
  }
}
