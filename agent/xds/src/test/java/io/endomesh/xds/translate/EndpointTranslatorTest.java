package io.endomesh.xds.translate;

import static io.endomesh.xds.Xds.endpoint;
import static io.endomesh.xds.Xds.locality;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointTranslatorTest {

  private static List<EndpointResource> translate(LocalityLbEndpoints... localities)
      throws InvalidResource {
    return EndpointTranslator.translate(
        ClusterLoadAssignment.newBuilder().addAllEndpoints(List.of(localities)).build());
  }

  private static LbEndpoint at(int port) {
    return endpoint("10.0.0.1", port, "");
  }

  @Test
  void translate_severalPriorities_keepsAllWithoutGaps() throws Exception {
    assertThat(
            translate(
                locality(7, at(1)), locality(2, at(2)), locality(128, at(3)), locality(2, at(4))))
        .extracting(endpoint -> endpoint.address().getPort(), EndpointResource::priority)
        .containsExactly(tuple(1, 1), tuple(2, 0), tuple(3, 2), tuple(4, 0));
  }

  @Test
  void translate_priorityWithoutUsableEndpoints_doesNotCount() throws Exception {
    LbEndpoint draining = at(1).toBuilder().setHealthStatus(HealthStatus.DRAINING).build();
    assertThat(translate(locality(0, draining), locality(1, at(2)), locality(0)))
        .extracting(endpoint -> endpoint.address().getPort(), EndpointResource::priority)
        .containsExactly(tuple(2, 0));
  }

  @Test
  void translate_localityWithItsWeight_isCarriedByEachEndpoint() throws Exception {
    LocalityLbEndpoints weighted =
        locality(0, at(1), at(2)).toBuilder()
            .setLocality(
                io.envoyproxy.envoy.config.core.v3.Locality.newBuilder()
                    .setRegion("eu")
                    .setZone("eu-1")
                    .setSubZone("rack-7"))
            .setLoadBalancingWeight(UInt32Value.of(80))
            .build();
    assertThat(translate(weighted, locality(0, at(3))))
        .extracting(endpoint -> endpoint.locality().toString(), EndpointResource::localityWeight)
        .containsExactly(tuple("eu/eu-1/rack-7", 80), tuple("eu/eu-1/rack-7", 80), tuple("", 0));
  }

  @Test
  void translate_priorityBeyondEnvoysRange_isRefused() {
    assertThatThrownBy(() -> translate(locality(129, at(1))))
        .hasMessage("endpoints[0].priority: 129 (expected: 0 to 128)");
  }

  @Test
  void translate_name_isUnresolvedWhereNamesAreMeantAndRefusedElsewhere() throws Exception {
    LocalityLbEndpoints named = locality(0, endpoint("api.partner.example", 443, ""));
    assertThat(
            EndpointTranslator.translateNamed(
                ClusterLoadAssignment.newBuilder().addEndpoints(named).build()))
        .extracting(EndpointResource::address)
        .containsExactly(InetSocketAddress.createUnresolved("api.partner.example", 443));
    assertThatThrownBy(() -> translate(named))
        .hasMessage(
            "endpoints[0].lb_endpoints[0].address: api.partner.example port 443 (expected: an IP"
                + " address and a port from 1 to 65535)");
  }

  @Test
  void translate_badWeight_isRefusedByItsPlace() {
    LbEndpoint heavy = at(2).toBuilder().setLoadBalancingWeight(UInt32Value.of(0)).build();
    assertThatThrownBy(() -> translate(locality(0, at(1)), locality(0, at(1), heavy)))
        .hasMessageStartingWith("endpoints[1].lb_endpoints[1].load_balancing_weight: 0 (expected:");
  }

  @Test
  void translate_dropOverloads_isRefused() {
    ClusterLoadAssignment message =
        ClusterLoadAssignment.newBuilder()
            .setPolicy(
                ClusterLoadAssignment.Policy.newBuilder()
                    .addDropOverloads(
                        ClusterLoadAssignment.Policy.DropOverload.newBuilder().setCategory("a")))
            .build();
    assertThatThrownBy(() -> EndpointTranslator.translate(message))
        .hasMessage("policy.drop_overloads is not supported");
  }
}
