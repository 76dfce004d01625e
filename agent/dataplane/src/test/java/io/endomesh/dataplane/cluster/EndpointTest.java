package io.endomesh.dataplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointTest {

  @Test
  void hostAndPort_ofANameThatNobodyResolved_isTheName() {
    Endpoint endpoint =
        new Endpoint(
            InetSocketAddress.createUnresolved("eu.partner.example", 8080),
            null,
            Map.of(),
            1,
            new Load(0));

    assertThat(endpoint.hostAndPort()).isEqualTo("eu.partner.example:8080");
  }
}
