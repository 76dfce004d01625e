package io.endomesh.xds;

import static io.endomesh.xds.FakeController.take;
import static io.endomesh.xds.Xds.SECRET;
import static io.endomesh.xds.Xds.resource;
import static io.endomesh.xds.Xds.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Workload;
import io.endomesh.proto.v1.Status;
import io.endomesh.proto.v1.WorkloadMessage;
import io.endomesh.xds.join.Health;
import io.endomesh.xds.join.Registrar;
import io.endomesh.xds.runtime.RecordedLog;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which roots a workload trusts, as the controller tells it while it runs. */
@Timeout(60)
class BundleTest {

  @TempDir Path state;

  private final RecordedLog log = new RecordedLog();
  private final Workload workload = new Workload("shop", "default", "shop-1", Map.of());
  private final Mesh mesh = new Mesh(workload);
  private final TestAuthority authority = new TestAuthority();
  private final TestAuthority next = new TestAuthority("next root");

  private ControlPlane start(JoinString join, Mesh mesh) {
    ControlPlane started =
        ControlPlane.start(
            new ControlPlaneSettings(
                join,
                state,
                Duration.ofSeconds(20),
                new Registrar.About(workload, "", Map.of(), "test", "17", "Shop", 1),
                () -> Health.UNKNOWN,
                log),
            mesh);
    mesh.discovery(started.discovery());
    mesh.listeners(started);
    return started;
  }

  private static DeltaDiscoveryResponse bundle(String nonce, X509Certificate... roots)
      throws Exception {
    StringBuilder pem = new StringBuilder();
    for (X509Certificate root : roots) {
      pem.append(TestAuthority.pem(root));
    }
    Secret secret =
        Secret.newBuilder()
            .setName("ROOTCA")
            .setValidationContext(
                CertificateValidationContext.newBuilder()
                    .setTrustedCa(DataSource.newBuilder().setInlineString(pem.toString())))
            .build();
    return response(SECRET, nonce, resource(SECRET, "ROOTCA", nonce, secret));
  }

  /** What the workload answers. */
  private static DeltaDiscoveryRequest answer(FakeController controller, String nonce)
      throws InterruptedException {
    DeltaDiscoveryRequest request = take(controller.requests);
    while (!request.getResponseNonce().equals(nonce)) {
      request = take(controller.requests);
    }
    return request;
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static Status status(FakeController controller, int trusted) throws Exception {
    WorkloadMessage message = take(controller.joined);
    while (!message.hasStatus() || message.getStatus().getTrustedRootsCount() != trusted) {
      message = take(controller.joined);
    }
    return message.getStatus();
  }

  @Test
  void bundle_withAnotherRoot_isTrustedAcknowledgedAndTold() throws Exception {
    try (FakeController controller = new FakeController(authority, 0);
        ControlPlane started = start(controller.join(authority.fingerprint()), mesh)) {
      StreamObserver<DeltaDiscoveryResponse> discovery = controller.discovery();
      assertThat(controller.subscription("ROOTCA").getTypeUrl()).endsWith("/" + SECRET);

      discovery.onNext(bundle("1", authority.root(), next.root()));

      assertThat(answer(controller, "1").hasErrorDetail()).isFalse();
      assertThat(mesh.identity().bundle().roots()).containsExactly(authority.root(), next.root());
      Status told = status(controller, 2);
      assertThat(told.getCertificateRoot()).isEqualTo(authority.fingerprint());
      assertThat(told.getTrustedRootsList())
          .containsExactly(authority.fingerprint(), next.fingerprint());
    }
  }

  @Test
  void bundle_thatWouldCutTheWorkloadOff_isRefusedAndTheOneBeforeStays() throws Exception {
    try (FakeController controller = new FakeController(authority, 0);
        ControlPlane started = start(controller.join(authority.fingerprint()), mesh)) {
      controller.discovery().onNext(bundle("1", next.root()));

      assertThat(answer(controller, "1").getErrorDetail().getMessage())
          .isEqualTo(
              "Secret ROOTCA: validation_context.trusted_ca: none of its roots vouches for the"
                  + " certificate of this workload (expected: one that does), not used");
      assertThat(mesh.identity().bundle().roots()).containsExactly(authority.root());
    }
  }

  @Test
  void bundle_isKept_andTheControllerBelievedByIt() throws Exception {
    JoinString join;
    try (FakeController controller = new FakeController(authority, 0);
        ControlPlane started = start(controller.join(authority.fingerprint()), mesh)) {
      join = controller.join(authority.fingerprint());
      controller.discovery().onNext(bundle("1", authority.root(), next.root()));
      answer(controller, "1");
      await(() -> isKept("resources"));
    }
    Mesh restarted = new Mesh(workload);
    try (FakeController successor =
            new FakeController(next, join.port(), authority.root(), next.root());
        ControlPlane second = start(join, restarted)) {
      assertThat(restarted.identity().bundle().roots()).contains(next.root());
      // Its server's chain ends in the other root, which the join string does not name.
      successor.subscription("ROOTCA");
    }
  }

  private boolean isKept(String name) {
    try (Stream<Path> files = Files.walk(state)) {
      return files.anyMatch(file -> file.endsWith(name));
    } catch (java.io.IOException e) {
      return false;
    }
  }

  @Test
  void renew_asTheControllerAsks_bringsACertificateBelowTheOtherRoot() throws Exception {
    try (FakeController controller =
            new FakeController(authority, 0, authority.root(), next.root());
        ControlPlane started = start(controller.join(authority.fingerprint()), mesh)) {
      controller.discovery().onNext(bundle("1", authority.root(), next.root()));
      answer(controller, "1");

      controller.signsBy = next;
      controller.renew();

      await(() -> next.root().equals(mesh.identity().root()));
      StreamObserver<DeltaDiscoveryResponse> again = controller.discovery();
      assertThat(again).as("the connection is proved by the new one").isNotNull();
      Status told = status(controller, 2);
      while (!told.getCertificateRoot().equals(next.fingerprint())) {
        told = status(controller, 2);
      }
      assertThat(log.warnings()).isEmpty();
    }
  }
}
