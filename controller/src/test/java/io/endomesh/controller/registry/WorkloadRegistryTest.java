package io.endomesh.controller.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.controller.ca.Attestation;
import io.endomesh.proto.v1.Port;
import io.endomesh.proto.v1.Registration;
import io.endomesh.proto.v1.Status;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkloadRegistryTest {

  private static final Duration TTL = Duration.ofSeconds(3);

  private static final Attestation ANY_LABELS =
      new Attestation(Attestation.Covers.NAMESPACE, Map.of());

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger changes = new AtomicInteger();
  private final WorkloadRegistry registry =
      new WorkloadRegistry(TTL, nanos::get, Clock.systemUTC());

  @BeforeEach
  void watch() {
    registry.watch(changes::incrementAndGet);
  }

  @Test
  void join_withoutAddressAndApp_takesThemFromStreamAndService() throws Exception {
    registry.join(registration(8080), ANY_LABELS, "10.0.0.7");

    Workload workload = registry.find("orders-1").orElseThrow();
    assertThat(workload.address()).isEqualTo("10.0.0.7");
    assertThat(workload.labels()).containsEntry("app", "orders");
    assertThat(workload.ports().get(0).advertised()).isEqualTo(8080);
    assertThat(changes).hasValue(1);
  }

  @Test
  void broken_untilTtl_isStillOffered() throws Exception {
    WorkloadRegistry.Lease lease = registry.join(registration(8080), ANY_LABELS, "10.0.0.7");
    lease.broken();
    advance(TTL.minusMillis(1));
    registry.expire();
    assertThat(registry.workloads()).hasSize(1);
    assertThat(registry.workloads().get(0).connected()).isFalse();

    advance(Duration.ofMillis(1));
    registry.expire();

    assertThat(registry.workloads()).isEmpty();
    assertThat(changes).hasValue(2);
  }

  @Test
  void broken_thenBack_keepsItsPlaceAndTellsNobody() throws Exception {
    WorkloadRegistry.Lease old = registry.join(registration(8080), ANY_LABELS, "10.0.0.7");
    old.broken();
    advance(Duration.ofSeconds(2));
    registry.join(registration(8080), ANY_LABELS, "10.0.0.7");
    advance(Duration.ofSeconds(2));
    registry.expire();
    // The old stream's end may be noticed late.
    old.broken();
    registry.expire();

    assertThat(registry.workloads().get(0).connected()).isTrue();
    assertThat(changes).hasValue(1);
  }

  @Test
  void goodbye_endsAtOnce() throws Exception {
    WorkloadRegistry.Lease lease = registry.join(registration(8080), ANY_LABELS, "10.0.0.7");

    lease.goodbye();

    assertThat(registry.workloads()).isEmpty();
    assertThat(changes).hasValue(2);
  }

  @Test
  void silence_ofSeveralTtls_endsTheLeaseAndTheNextHeartbeatLearnsIt() throws Exception {
    WorkloadRegistry.Lease lease = registry.join(registration(8080), ANY_LABELS, "10.0.0.7");
    advance(TTL.multipliedBy(3));
    registry.expire();
    assertThat(registry.workloads()).hasSize(1);

    advance(Duration.ofMillis(1));
    registry.expire();

    assertThat(registry.workloads()).isEmpty();
    assertThat(lease.heartbeat(Status.getDefaultInstance())).isFalse();
  }

  @Test
  void heartbeat_keepsTheLeaseAndShowsHealth() throws Exception {
    WorkloadRegistry.Lease lease = registry.join(registration(8080), ANY_LABELS, "10.0.0.7");
    advance(TTL.multipliedBy(2));
    assertThat(lease.heartbeat(Status.newBuilder().setDroppedTelemetry(4).build())).isTrue();
    advance(TTL.multipliedBy(2));
    registry.expire();

    assertThat(registry.workloads().get(0).health().droppedTelemetry()).isEqualTo(4);
    assertThat(changes).hasValue(1);
  }

  @Test
  void renew_newPort_isAChange() throws Exception {
    WorkloadRegistry.Lease lease = registry.join(registration(), ANY_LABELS, "10.0.0.7");

    lease.renew(registration(8080));

    assertThat(registry.workloads().get(0).ports()).hasSize(1);
    assertThat(changes).hasValue(2);
  }

  @Test
  void join_instanceOfAnotherIdentity_isRefusedAndTheHolderStays() throws Exception {
    WorkloadRegistry.Lease lease = registry.join(registration(8080), ANY_LABELS, "10.0.0.7");
    Registration forged =
        registration(9090).toBuilder().setNamespace("evil").setService("thief").build();

    assertThatThrownBy(() -> registry.join(forged, ANY_LABELS, "10.0.0.8"))
        .isInstanceOf(InstanceHeldException.class)
        .hasMessageStartingWith("instance: 'orders-1' is held by shop/orders, which keeps it");
    lease.broken();
    assertThatThrownBy(() -> registry.join(forged, ANY_LABELS, "10.0.0.8"))
        .isInstanceOf(InstanceHeldException.class);

    assertThat(registry.find("orders-1").orElseThrow().identity()).hasToString("shop/orders");
    assertThat(changes).hasValue(1);
  }

  @Test
  void join_instanceWhoseHolderHasEnded_isFree() throws Exception {
    registry.join(registration(8080), ANY_LABELS, "10.0.0.7").goodbye();

    registry.join(
        registration(9090).toBuilder().setService("payments").build(), ANY_LABELS, "10.0.0.8");

    assertThat(registry.find("orders-1").orElseThrow().service()).isEqualTo("payments");
  }

  @Test
  void renew_afterALaterLeaseOfTheInstance_doesNothing() throws Exception {
    WorkloadRegistry.Lease old = registry.join(registration(8080), ANY_LABELS, "10.0.0.7");
    registry.join(registration(8081), ANY_LABELS, "10.0.0.7");

    assertThat(old.renew(registration(8082))).isFalse();

    assertThat(registry.workloads().get(0).ports().get(0).number()).isEqualTo(8081);
  }

  @Test
  void renew_afterSilence_bringsItBack() throws Exception {
    WorkloadRegistry.Lease lease = registry.join(registration(8080), ANY_LABELS, "10.0.0.7");
    advance(TTL.multipliedBy(4));
    registry.expire();

    assertThat(lease.renew(registration(8080))).isTrue();

    assertThat(registry.workloads()).hasSize(1);
  }

  @Test
  void join_tokenForOneService_saysNothingOfOthersAndTheTokensLabelsWin() throws Exception {
    Registration said =
        registration(8080).toBuilder()
            .putLabels("app", "payments")
            .putLabels("version", "v2")
            .putLabels("tier", "gold")
            .build();
    Attestation token = new Attestation(Attestation.Covers.SERVICE, Map.of("version", "v1"));

    WorkloadRegistry.Lease lease = registry.join(said, token, "10.0.0.7");

    Workload workload = registry.find("orders-1").orElseThrow();
    assertThat(workload.labels())
        .isEqualTo(Map.of("app", "orders", "version", "v1", "tier", "gold"));
    assertThat(workload.attested()).isEqualTo(Map.of("app", "orders", "version", "v1"));
    lease.renew(said.toBuilder().putLabels("version", "v3").build());
    assertThat(registry.find("orders-1").orElseThrow().labels()).containsEntry("version", "v1");
  }

  @Test
  void mayServe_labelsOfOthers_onlyIfSomebodyVouches() throws Exception {
    Registration said = registration(8080).toBuilder().putLabels("tier", "gold").build();
    Attestation token = new Attestation(Attestation.Covers.SERVICE, Map.of("role", "primary"));
    registry.join(said, token, "10.0.0.7");
    Workload workload = registry.find("orders-1").orElseThrow();

    assertThat(workload.mayServe(Map.of("role", "primary"))).isTrue();
    assertThat(workload.mayServe(Map.of("app", "orders", "tier", "gold"))).isTrue();
    assertThat(workload.mayServe(Map.of("tier", "gold"))).isFalse();
    assertThat(workload.mayServe(Map.of("role", "primary", "tier", "gold"))).isFalse();
    assertThat(workload.mayServe(Map.of("app", "payments"))).isFalse();
  }

  private void advance(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static Registration registration(int... ports) {
    Registration.Builder registration =
        Registration.newBuilder().setService("orders").setNamespace("shop").setInstance("orders-1");
    for (int port : ports) {
      registration.addPorts(Port.newBuilder().setNumber(port));
    }
    return registration.build();
  }
}
