package io.endomesh.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import io.endomesh.dataplane.identity.OddCertificates;
import io.endomesh.dataplane.identity.OddCertificates.Odd;
import io.endomesh.proto.istio.v1.auth.IstioCertificateRequest;
import io.endomesh.proto.istio.v1.auth.IstioCertificateServiceGrpc;
import io.endomesh.proto.v1.ControllerMessage;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who comes to the controller with what is almost a certificate, or is another's. */
@Timeout(60)
class IdentityAttacksTest {

  @TempDir static Path dataDir;
  private static Controller controller;
  private static X509Certificate root;
  private static OddCertificates odd;

  @BeforeAll
  static void start() throws Exception {
    controller = Controller.start(TestWorkload.patientController(dataDir));
    PrivateKey key = null;
    try (PEMParser pem =
        new PEMParser(new StringReader(Files.readString(dataDir.resolve("root.pem"))))) {
      for (Object read = pem.readObject(); read != null; read = pem.readObject()) {
        if (read instanceof X509CertificateHolder certificate) {
          root = new JcaX509CertificateConverter().getCertificate(certificate);
        } else if (read instanceof PrivateKeyInfo info) {
          key = new JcaPEMKeyConverter().getPrivateKey(info);
        } else if (read instanceof PEMKeyPair pair) {
          key = new JcaPEMKeyConverter().getKeyPair(pair).getPrivate();
        }
      }
    }
    odd = new OddCertificates(root, key, "endomesh.local");
  }

  @AfterAll
  static void stop() {
    controller.close();
  }

  static Stream<Odd> odd() {
    // With a key that does not fit, no client library makes a connection.
    return Arrays.stream(Odd.values()).filter(one -> one != Odd.NONE && one != Odd.KEY_OF_ANOTHER);
  }

  /** What a caller with this certificate is told who asks for another one. */
  private static Status ask(Odd which) throws Exception {
    OddCertificates.Chain chain = odd.make(which);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(controller.address())
            .overrideAuthority("localhost")
            .sslContext(
                GrpcSslContexts.forClient()
                    .trustManager(root)
                    .keyManager(chain.key(), chain.certificates().toArray(X509Certificate[]::new))
                    .build())
            .build();
    try {
      IstioCertificateServiceGrpc.newBlockingStub(channel)
          .createCertificate(IstioCertificateRequest.newBuilder().setCsr("none").build());
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    } finally {
      channel.shutdownNow();
    }
  }

  @ParameterizedTest
  @MethodSource("odd")
  void controller_callerWithAnOddCertificate_isNobody(Odd which) throws Exception {
    assertThat(ask(which).getCode())
        .as("%s", which)
        .isIn(Status.Code.UNAVAILABLE, Status.Code.UNAUTHENTICATED);
  }

  @Test
  void controller_nothingOddAboutIt_getsAsFarAsItsRequest() throws Exception {
    assertThat(ask(Odd.NONE).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void workload_asksForAnothersCertificate_isRefused() throws Exception {
    try (TestWorkload orders =
        TestWorkload.start(controller, dataDir, "shop", "orders", "orders-1")) {
      for (String[] other : new String[][] {{"shop", "payments"}, {"finance", "orders"}}) {
        assertThatThrownBy(() -> orders.renew(controller, dataDir, other[0], other[1]))
            .isInstanceOfSatisfying(
                StatusRuntimeException.class,
                refused ->
                    assertThat(refused.getStatus().getCode())
                        .isEqualTo(Status.Code.PERMISSION_DENIED));
      }
      // And goes on as itself.
      orders.renew(controller, dataDir);
      assertThat(orders.join(Map.of(), 18080)).isInstanceOf(ControllerMessage.class);
    }
  }

  @Test
  void token_stolenAfterItWasUsed_isGoodForNothing() throws Exception {
    String token = TestWorkload.token(controller, "shop", "\"service\":\"orders\",\"uses\":1");
    TestWorkload.start(controller, dataDir, token, "shop", "orders", "orders-1").close();
    assertThatThrownBy(
            () -> TestWorkload.start(controller, dataDir, token, "shop", "orders", "orders-1"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refused ->
                assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
  }

  @Test
  void token_ofAService_isNoneOfAnother() throws Exception {
    String token = TestWorkload.token(controller, "shop", "\"service\":\"orders\"");
    for (String[] other : new String[][] {{"shop", "payments"}, {"finance", "orders"}}) {
      assertThatThrownBy(
              () -> TestWorkload.start(controller, dataDir, token, other[0], other[1], "x-1"))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              refused ->
                  assertThat(refused.getStatus().getCode())
                      .isEqualTo(Status.Code.PERMISSION_DENIED));
    }
  }

  @Test
  void token_ofTheMeshsOwnNamespace_makesNobodyAController() throws Exception {
    String token = TestWorkload.token(controller, "endomesh-system", "\"service\":\"controller\"");
    assertThatThrownBy(
            () ->
                TestWorkload.start(
                    controller, dataDir, token, "endomesh-system", "controller", "x-1"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refused ->
                assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED));
  }

  @Test
  void token_overPlaintext_isNotTaken() throws Exception {
    String token = TestWorkload.token(controller, "shop", "\"service\":\"orders\"");
    ManagedChannel plaintext =
        NettyChannelBuilder.forAddress(controller.address()).usePlaintext().build();
    try {
      io.grpc.Metadata bearer = new io.grpc.Metadata();
      bearer.put(
          io.grpc.Metadata.Key.of("authorization", io.grpc.Metadata.ASCII_STRING_MARSHALLER),
          "Bearer " + token);
      assertThatThrownBy(
              () ->
                  IstioCertificateServiceGrpc.newBlockingStub(plaintext)
                      .withInterceptors(
                          io.grpc.stub.MetadataUtils.newAttachHeadersInterceptor(bearer))
                      .createCertificate(IstioCertificateRequest.getDefaultInstance()))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              refused ->
                  assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
    } finally {
      plaintext.shutdownNow();
    }
  }

  @Test
  void telemetry_thatUnpacksToMoreThanARequest_isRefused() throws Exception {
    java.io.ByteArrayOutputStream packed = new java.io.ByteArrayOutputStream();
    try (java.util.zip.GZIPOutputStream gzip = new java.util.zip.GZIPOutputStream(packed)) {
      byte[] nothing = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        gzip.write(nothing);
      }
    }
    OddCertificates.Chain orders = odd.make(Odd.NONE);
    try (ClientFactory factory =
        ClientFactory.builder()
            .tlsProvider(
                TlsProvider.builder()
                    .keyPair(TlsKeyPair.of(orders.key(), orders.certificates()))
                    .trustedCertificates(root)
                    .build())
            .build()) {
      WebClient client =
          WebClient.builder("https://localhost:" + controller.address().getPort())
              .factory(factory)
              .build();
      HttpStatus bomb = post(client, "gzip", packed.toByteArray());
      assertThat(bomb.isClientError()).as("%s", bomb).isTrue();
      // The same workload, and what it may say.
      assertThat(post(client, "identity", new byte[0])).isEqualTo(HttpStatus.OK);
    }
  }

  private static HttpStatus post(WebClient client, String encoding, byte[] body) {
    return client
        .prepare()
        .post("/v1/metrics")
        .header("content-encoding", encoding)
        .content(MediaType.parse("application/x-protobuf"), body)
        .execute()
        .aggregate()
        .join()
        .status();
  }
}
