package io.endomesh.xds;

import static io.endomesh.xds.FakeController.take;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Workload;
import io.endomesh.proto.v1.WorkloadMessage;
import io.endomesh.xds.identity.KeyKind;
import io.endomesh.xds.join.Health;
import io.endomesh.xds.join.Registrar;
import io.endomesh.xds.runtime.RecordedLog;
import io.endomesh.xds.spiffe.EndpointSocket;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An agent whose identity comes from the SPIFFE Workload API, over a real socket. */
@Timeout(60)
class WorkloadApiTest {

  private static final String SHOP = "spiffe://endomesh.local/ns/default/sa/shop";

  /** Paths of sockets are short: 108 bytes on Linux. */
  @TempDir static Path directory;

  private static int sockets;

  private final Path socket = directory.resolve("api" + sockets++ + ".sock");
  private final Path state = directory.resolve("state" + sockets);
  private final RecordedLog log = new RecordedLog();
  private final Workload workload = new Workload("shop", "default", "shop-1", Map.of());
  private final Mesh mesh = new Mesh(workload);
  private final TestAuthority mesh1 = new TestAuthority("mesh root");
  private final TestAuthority spire = new TestAuthority("spire root");

  private FakeController controller() throws Exception {
    return new FakeController(mesh1, 0, mesh1.root(), spire.root());
  }

  private ControlPlane start(FakeController controller) throws Exception {
    return ControlPlane.start(
        new ControlPlaneSettings(
            controller.join(mesh1.fingerprint()),
            state,
            Duration.ofSeconds(1),
            new Registrar.About(workload, "", Map.of(), "test", "17", "Shop", 1),
            KeyKind.EC,
            /* keepsCredentials= */ true,
            () -> Health.UNKNOWN,
            log,
            EndpointSocket.parse("unix://" + socket)),
        mesh);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time left").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static Instant inAnHour() {
    return Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
  }

  private static WorkloadMessage registration(FakeController controller) throws Exception {
    WorkloadMessage message = take(controller.joined);
    while (!message.hasRegistration()) {
      message = take(controller.joined);
    }
    return message;
  }

  @Test
  void identity_deniedThenGranted_joinsByItWithoutToken_andSaysOnceThatItWaits() throws Exception {
    try (FakeWorkloadApi api = new FakeWorkloadApi(socket);
        FakeController controller = controller();
        ControlPlane started = start(controller)) {
      take(api.denials);
      take(api.denials);
      assertThat(mesh.identity()).isNull();
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("unix://" + socket, "has no identity for this process yet", "spire-server");

      api.answer = FakeWorkloadApi.svid(spire, SHOP, inAnHour());
      assertThat(registration(controller).getRegistration().getInstance()).isEqualTo("shop-1");
      assertThat(mesh.identity().spiffeId()).isEqualTo(SHOP);
      assertThat(mesh.identity().root()).isEqualTo(spire.root());
      assertThat(controller.authorizations).as("no certificate is asked for").isEmpty();
      started.close();
    }
    if (Files.exists(state)) {
      try (Stream<Path> files = Files.walk(state)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .doesNotContain("credentials.pem", "credentials");
      }
    }
  }

  @Test
  void rotation_pushed_isShownToPeersAndToTheController() throws Exception {
    try (FakeWorkloadApi api = new FakeWorkloadApi(socket);
        FakeController controller = controller()) {
      Instant first = inAnHour();
      Instant second = first.plus(Duration.ofMinutes(30));
      api.answer = FakeWorkloadApi.svid(spire, SHOP, first);
      try (ControlPlane started = start(controller)) {
        StreamObserver<byte[]> stream = take(api.streams);
        registration(controller);
        assertThat(mesh.identity().notAfter()).isEqualTo(first);

        stream.onNext(FakeWorkloadApi.svid(spire, SHOP, second));
        await(() -> mesh.identity().notAfter().equals(second));
        // By another connection, which began with the new one.
        registration(controller);
        assertThat(api.streams).as("the stream goes on").isEmpty();
        started.close();
      }
    }
  }

  @Test
  void nextRoot_ofTheWorkloadApi_isTrustedBesideTheOneBefore() throws Exception {
    TestAuthority next = new TestAuthority("next spire root");
    try (FakeWorkloadApi api = new FakeWorkloadApi(socket);
        FakeController controller =
            new FakeController(mesh1, 0, mesh1.root(), spire.root(), next.root())) {
      KeyPair pair = TestAuthority.newKey();
      byte[] both =
          join(FakeWorkloadApi.encoded(spire.root()), FakeWorkloadApi.encoded(next.root()));
      api.answer =
          FakeWorkloadApi.response(
              FakeWorkloadApi.svid(
                  SHOP,
                  FakeWorkloadApi.encoded(spire.svid(pair.getPublic(), SHOP, inAnHour())),
                  pair.getPrivate().getEncoded(),
                  both));
      try (ControlPlane started = start(controller)) {
        StreamObserver<byte[]> stream = take(api.streams);
        registration(controller);
        assertThat(mesh.identity().bundle().roots()).containsExactly(spire.root(), next.root());
        stream.onNext(FakeWorkloadApi.svid(next, SHOP, inAnHour()));
        await(() -> next.root().equals(mesh.identity().root()));
        started.close();
      }
    }
  }

  @Test
  void socket_goneAndBack_keepsTheIdentityAndTakesTheNext() throws Exception {
    try (FakeController controller = controller()) {
      FakeWorkloadApi first = new FakeWorkloadApi(socket);
      first.answer = FakeWorkloadApi.svid(spire, SHOP, inAnHour());
      try (ControlPlane started = start(controller)) {
        registration(controller);
        first.close();
        await(() -> !log.warnings().isEmpty());
        assertThat(mesh.identity().spiffeId()).isEqualTo(SHOP);

        Instant later = inAnHour().plus(Duration.ofMinutes(30));
        try (FakeWorkloadApi second = new FakeWorkloadApi(socket)) {
          second.answer = FakeWorkloadApi.svid(spire, SHOP, later);
          await(() -> mesh.identity().notAfter().equals(later));
          started.close();
        }
      }
    }
  }

  @Test
  void keyOfRsa_isTaken() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    try (FakeWorkloadApi api = new FakeWorkloadApi(socket);
        FakeController controller = controller()) {
      api.answer =
          FakeWorkloadApi.response(
              FakeWorkloadApi.svid(
                  "spiffe://endomesh.local/another", new byte[0], new byte[0], new byte[0]),
              FakeWorkloadApi.svid(
                  SHOP,
                  FakeWorkloadApi.encoded(spire.svid(pair.getPublic(), SHOP, inAnHour())),
                  pair.getPrivate().getEncoded(),
                  FakeWorkloadApi.encoded(spire.root())));
      try (ControlPlane started = start(controller)) {
        registration(controller);
        assertThat(mesh.identity().spiffeId()).isEqualTo(SHOP);
        started.close();
      }
    }
  }

  static Stream<Arguments> odd() {
    TestAuthority spire = new TestAuthority("spire root");
    KeyPair pair = TestAuthority.newKey();
    byte[] leaf = FakeWorkloadApi.encoded(spire.svid(pair.getPublic(), SHOP, inAnHour()));
    byte[] key = pair.getPrivate().getEncoded();
    byte[] root = FakeWorkloadApi.encoded(spire.root());
    byte[] authority = FakeWorkloadApi.encoded(new TestAuthority("odd").root());
    String elsewhere = "spiffe://other.example/ns/default/sa/shop";
    String noService = "spiffe://endomesh.local/shop";
    byte[] other = FakeWorkloadApi.encoded(spire.svid(pair.getPublic(), noService, inAnHour()));
    return Stream.of(
        Arguments.of(
            "another trust domain's",
            FakeWorkloadApi.svid(spire, elsewhere, inAnHour()),
            "SPIFFE ids: [" + elsewhere + "] (expected: " + SHOP),
        Arguments.of(
            "a path that is no service's",
            FakeWorkloadApi.svid(spire, noService, inAnHour()),
            "SPIFFE ids: [" + noService + "] (expected: " + SHOP),
        Arguments.of("none at all", FakeWorkloadApi.response(), "SPIFFE ids: []"),
        Arguments.of(
            "a key that does not fit",
            FakeWorkloadApi.response(
                FakeWorkloadApi.svid(
                    SHOP, leaf, TestAuthority.newKey().getPrivate().getEncoded(), root)),
            "x509_svid_key: not the certificate's"),
        Arguments.of(
            "what is no key",
            FakeWorkloadApi.response(FakeWorkloadApi.svid(SHOP, leaf, new byte[] {1}, root)),
            "x509_svid_key: no key of EC"),
        Arguments.of(
            "no certificate",
            FakeWorkloadApi.response(FakeWorkloadApi.svid(SHOP, new byte[0], key, root)),
            "x509_svid: empty"),
        Arguments.of(
            "a certificate of another id",
            FakeWorkloadApi.response(FakeWorkloadApi.svid(SHOP, other, key, root)),
            "x509_svid: a certificate of " + noService),
        Arguments.of(
            "a bundle that does not vouch for it",
            FakeWorkloadApi.response(FakeWorkloadApi.svid(SHOP, leaf, key, authority)),
            "no root of its bundle vouches for it"),
        Arguments.of(
            "what is no message", new byte[] {10, 100, 1}, "3 bytes that are no X509SVIDResponse"),
        Arguments.of("a giant", new byte[(4 << 20) + 1], "ended its answer"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("odd")
  void offer_thatProvesNothing_isRefusedByItsField_andTheLastGoodStays(
      String what, byte[] answer, String why) throws Exception {
    try (FakeWorkloadApi api = new FakeWorkloadApi(socket);
        FakeController controller = controller()) {
      Instant end = inAnHour();
      api.answer = FakeWorkloadApi.svid(spire, SHOP, end);
      try (ControlPlane started = start(controller)) {
        StreamObserver<byte[]> stream = take(api.streams);
        registration(controller);
        stream.onNext(answer);
        await(() -> !log.warnings().isEmpty());
        assertThat(log.warnings()).singleElement().asString().contains(why);
        assertThat(mesh.identity().notAfter()).isEqualTo(end);
        started.close();
      }
    }
  }

  @Test
  void socket_writtenInAnotherWay_isRefused() {
    for (String text :
        List.of(
            "/run/agent.sock",
            "unix:agent.sock",
            "unix://run/agent.sock",
            "tcp://spire:8081",
            "tcp://127.0.0.1",
            "http://127.0.0.1:80",
            "tcp://127.0.0.1:80/x",
            "")) {
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> EndpointSocket.parse(text))
          .hasMessageContaining(
              "spiffe-endpoint-socket: " + text + " (expected: unix:///PATH or tcp://IP:PORT)");
    }
    assertThat(EndpointSocket.parse("unix:///run/spire/agent.sock").address())
        .hasToString("/run/spire/agent.sock");
    assertThat(EndpointSocket.parse("tcp://127.0.0.1:8081").address())
        .hasToString("/127.0.0.1:8081");
  }

  private static byte[] join(byte[] one, byte[] two) {
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }
}
