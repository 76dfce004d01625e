package io.endomesh.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.proto.istio.v1.auth.IstioCertificateRequest;
import io.endomesh.proto.istio.v1.auth.IstioCertificateServiceGrpc;
import io.endomesh.proto.v1.ControllerMessage;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A controller that believes workloads of its trust domain by the roots of a SPIRE server. */
@Timeout(60)
class SpireBundleTest {

  private static final String ORDERS = "spiffe://endomesh.local/ns/shop/sa/orders";

  /** What a SPIRE server signs by. */
  private record Authority(KeyPair pair, X509Certificate root) {}

  @TempDir static Path directory;
  private static Path bundle;
  private static Authority spire;
  private static Controller controller;

  @BeforeAll
  static void start() throws Exception {
    bundle = directory.resolve("spire.pem");
    spire = authority("spire");
    write(pem(spire.root()));
    controller =
        Controller.start(
            TestWorkload.patientController(directory.resolve("data")).believing(bundle));
  }

  @AfterAll
  static void stop() {
    controller.close();
  }

  /** At once, as who replaces a file does it. */
  private static void write(String text) throws IOException {
    Path next = directory.resolve("next.pem");
    Files.writeString(next, text);
    Files.move(next, bundle, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static KeyPair keys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private static X509Certificate sign(
      KeyPair issuer, String name, KeyPair subject, String cn, String uri, Instant end)
      throws Exception {
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Principal("CN=" + name),
            new BigInteger(64, new SecureRandom()),
            Date.from(Instant.now().minusSeconds(60)),
            Date.from(end),
            new X500Principal("CN=" + cn),
            subject.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(uri == null));
    if (uri != null) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate())));
  }

  private static Authority authority(String name) throws Exception {
    KeyPair pair = keys();
    Instant end = Instant.now().plus(Duration.ofHours(1));
    return new Authority(pair, sign(pair, name, pair, name, null, end));
  }

  private static String pem(Object value) throws Exception {
    Object written =
        value instanceof PrivateKey key
            ? new org.bouncycastle.openssl.jcajce.JcaPKCS8Generator(key, null)
            : value;
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(written);
    }
    return text.toString();
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static X509Certificate own() throws Exception {
    String text = Files.readString(directory.resolve("data").resolve("root.pem"));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                stream(text.substring(text.indexOf("-----BEGIN CERTIFICATE-----"))));
  }

  /**
   * @param between what is shown behind the leaf
   */
  private TestWorkload workload(
      Authority by, String id, String instance, Instant end, X509Certificate... between)
      throws Exception {
    KeyPair pair = keys();
    StringBuilder chain =
        new StringBuilder(
            pem(
                sign(
                    by.pair(),
                    by.root().getSubjectX500Principal().getName().substring(3),
                    pair,
                    "svid",
                    id,
                    end)));
    for (X509Certificate certificate : between) {
      chain.append(pem(certificate));
    }
    return TestWorkload.start(
        controller,
        GrpcSslContexts.forClient()
            .trustManager(own())
            .keyManager(stream(chain.toString()), stream(pem(pair.getPrivate())))
            .build(),
        "shop",
        "orders",
        instance);
  }

  private TestWorkload workload(Authority by, String id, String instance) throws Exception {
    return workload(by, id, instance, Instant.now().plus(Duration.ofMinutes(30)));
  }

  private static Status refusal(Object answer) {
    assertThat(answer).isInstanceOf(StatusRuntimeException.class);
    return ((StatusRuntimeException) answer).getStatus();
  }

  @Test
  void svid_ofTheTrustDomain_joinsAsItsService_andTheMeshIsToldItsRoot() throws Exception {
    try (TestWorkload orders = workload(spire, ORDERS, "orders-1");
        TestWorkload ours =
            TestWorkload.start(controller, directory.resolve("data"), "shop", "stock", "stock-1")) {
      assertThat(orders.join(Map.of(), 18080)).isInstanceOf(ControllerMessage.class);
      assertThat(ours.join(Map.of(), 18081)).isInstanceOf(ControllerMessage.class);
      String told = TestWorkload.http(controller, "GET", "/spiffe/bundle", "", Map.of()).body();
      assertThat(told)
          .contains(Base64.getEncoder().encodeToString(spire.root().getEncoded()))
          .contains(Base64.getEncoder().encodeToString(own().getEncoded()));
    }
  }

  @Test
  void svid_belowAnIntermediate_joins() throws Exception {
    KeyPair pair = keys();
    Instant end = Instant.now().plus(Duration.ofMinutes(50));
    X509Certificate between = sign(spire.pair(), "spire", pair, "downstream", null, end);
    try (TestWorkload orders =
        workload(
            new Authority(pair, between),
            ORDERS,
            "orders-2",
            Instant.now().plus(Duration.ofMinutes(30)),
            between)) {
      assertThat(orders.join(Map.of(), 18080)).isInstanceOf(ControllerMessage.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "spiffe://other.example/ns/shop/sa/orders, its SPIFFE id is spiffe://other.example/",
    "spiffe://endomesh.local/orders, its SPIFFE id is spiffe://endomesh.local/orders",
    "spiffe://endomesh.local/ns/shop/sa/orders/x, expected: spiffe://endomesh.local/ns/NAMESPACE",
    "spiffe://endomesh.local/ns/endomesh-system/sa/controller, is of the mesh's own parts",
  })
  void svid_ofNoServiceOfOurs_isRefusedAndToldWhy(String id, String why) throws Exception {
    try (TestWorkload odd = workload(spire, id, "orders-3")) {
      Status refusal = refusal(odd.join(Map.of(), 18080));
      assertThat(refusal.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(refusal.getDescription()).contains(why);
    }
  }

  @Test
  void svid_ofAnotherService_isNotRegisteredAsThis() throws Exception {
    try (TestWorkload stock =
        workload(spire, "spiffe://endomesh.local/ns/shop/sa/stock", "orders-4")) {
      assertThat(refusal(stock.join(Map.of(), 18080)).getCode())
          .isEqualTo(Status.Code.PERMISSION_DENIED);
    }
  }

  @Test
  void svid_asksForACertificateOfOurs_getsNone() throws Exception {
    try (TestWorkload orders = workload(spire, ORDERS, "orders-5")) {
      assertThatThrownBy(
              () ->
                  IstioCertificateServiceGrpc.newBlockingStub(orders.channel)
                      .createCertificate(IstioCertificateRequest.getDefaultInstance()))
          .hasMessageContaining("PERMISSION_DENIED")
          .hasMessageContaining("is of another authority");
    }
  }

  @Test
  void svid_thatEnds_losesItsStream() throws Exception {
    try (TestWorkload orders =
        workload(spire, ORDERS, "orders-6", Instant.now().plus(Duration.ofSeconds(4)))) {
      assertThat(orders.join(Map.of(), 18080)).isInstanceOf(ControllerMessage.class);
      assertThat(orders.answers.poll(20, TimeUnit.SECONDS)).isInstanceOf(Throwable.class);
    }
  }

  @Test
  void bundle_followedByAnother_isReadAgain_andBrokenOnesChangeNothing() throws Exception {
    Authority next = authority("next");
    try (TestWorkload before = workload(spire, ORDERS, "orders-before")) {
      assertThat(before.join(Map.of(), 18080)).isInstanceOf(ControllerMessage.class);
      write("nothing");
      write(pem(next.root()));
      // Whoever is believed by the root that is gone is so no longer.
      assertThat(before.answers.poll(20, TimeUnit.SECONDS)).isInstanceOf(Throwable.class);
    }
    try (TestWorkload after = workload(next, ORDERS, "orders-after")) {
      assertThat(after.join(Map.of(), 18080)).isInstanceOf(ControllerMessage.class);
      write(pem(spire.root()));
      // The others of this class are believed again from then on.
      assertThat(after.answers.poll(20, TimeUnit.SECONDS)).isInstanceOf(Throwable.class);
    }
  }

  @Test
  void bundle_thatIsNone_isRefusedAtTheStart() throws Exception {
    Path absent = directory.resolve("absent.pem");
    Path leaf = directory.resolve("leaf.pem");
    Files.writeString(
        leaf,
        pem(sign(spire.pair(), "spire", keys(), "x", ORDERS, Instant.now().plusSeconds(600))));
    ControllerOptions options = TestWorkload.patientController(directory.resolve("other"));
    assertThatThrownBy(() -> Controller.start(options.believing(absent)))
        .hasMessage(
            "spire-bundle: " + absent + ": no such file (expected: root certificates in PEM)");
    assertThatThrownBy(() -> Controller.start(options.believing(leaf)))
        .hasMessageContaining("CN=x: CA:FALSE (expected: root certificates in PEM)");
  }

  @Test
  void joinString_forTheWorkloadApi_holdsNoSecret() throws Exception {
    String answer =
        TestWorkload.http(controller, "POST", "/api/v1/tokens", "{\"spiffe\":true}", Map.of())
            .body();
    String text = new ObjectMapper().readTree(answer).required("joinString").asText();
    JsonNode join =
        new ObjectMapper().readTree(Base64.getUrlDecoder().decode(text.substring("em1.".length())));
    assertThat(join.path("token").asText()).isEqualTo("spiffe-workload-api");
    assertThat(join.path("ca").asText()).startsWith("sha256:");
  }
}
