package io.endomesh.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.proto.istio.v1.auth.IstioCertificateRequest;
import io.endomesh.proto.istio.v1.auth.IstioCertificateServiceGrpc;
import io.endomesh.proto.v1.ControllerMessage;
import io.endomesh.proto.v1.Goodbye;
import io.endomesh.proto.v1.Port;
import io.endomesh.proto.v1.Registration;
import io.endomesh.proto.v1.WorkloadMessage;
import io.endomesh.proto.v1.WorkloadServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** A workload as an agent is one: it gets a certificate for a token, joins, and speaks ADS. */
public final class TestWorkload implements AutoCloseable {

  public ManagedChannel channel;
  public final String namespace;
  public final String service;
  public final String instance;
  public final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
  private SslContext tls;
  private StreamObserver<WorkloadMessage> join;

  private TestWorkload(
      Controller controller, SslContext tls, String namespace, String service, String instance) {
    this.tls = tls;
    this.channel = channel(controller, tls);
    this.namespace = namespace;
    this.service = service;
    this.instance = instance;
  }

  /**
   * Options of a controller for workloads of this kind: they send no heartbeats, so that on a slow
   * machine a lease of a few seconds would end in the middle of a test.
   */
  public static ControllerOptions patientController(Path dataDir) {
    ControllerOptions defaults = ControllerOptions.onFreePort(dataDir);
    return new ControllerOptions(
        defaults.host(),
        defaults.port(),
        defaults.advertisedAddress(),
        dataDir,
        defaults.trustDomain(),
        Duration.ofHours(1),
        defaults.agentJar(),
        defaults.loginRequired());
  }

  /** With a token for this service alone. */
  public static TestWorkload start(
      Controller controller, Path dataDir, String namespace, String service, String instance)
      throws Exception {
    String token = token(controller, namespace, "\"service\":\"" + service + "\"");
    return start(controller, dataDir, token, namespace, service, instance);
  }

  /** With a certificate that somebody else gave out. */
  static TestWorkload start(
      Controller controller, SslContext tls, String namespace, String service, String instance) {
    return new TestWorkload(controller, tls, namespace, service, instance);
  }

  public static TestWorkload start(
      Controller controller,
      Path dataDir,
      String token,
      String namespace,
      String service,
      String instance)
      throws Exception {
    String roots = Files.readString(dataDir.resolve("root.pem"));
    String root = roots.substring(roots.indexOf("-----BEGIN CERTIFICATE-----"));
    ManagedChannel channel =
        channel(controller, GrpcSslContexts.forClient().trustManager(stream(root)).build());
    try {
      Metadata bearer = new Metadata();
      bearer.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
      SslContext tls =
          certified(
              IstioCertificateServiceGrpc.newBlockingStub(channel)
                  .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(bearer)),
              root,
              metadata(namespace, service));
      return new TestWorkload(controller, tls, namespace, service, instance);
    } finally {
      channel.shutdownNow();
    }
  }

  /** Gets its next certificate for the present one, and connects with it. */
  public void renew(Controller controller, Path dataDir) throws Exception {
    renew(controller, dataDir, namespace, service);
  }

  /** The same in the name of somebody. */
  public void renew(Controller controller, Path dataDir, String namespace, String service)
      throws Exception {
    String roots = Files.readString(dataDir.resolve("root.pem"));
    tls =
        certified(
            IstioCertificateServiceGrpc.newBlockingStub(channel),
            roots.substring(roots.indexOf("-----BEGIN CERTIFICATE-----")),
            metadata(namespace, service));
    reconnect(controller);
  }

  private static SslContext certified(
      IstioCertificateServiceGrpc.IstioCertificateServiceBlockingStub authority,
      String root,
      Struct metadata)
      throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair keys = generator.generateKeyPair();
    String csr =
        pem(
            new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), keys.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    IstioCertificateRequest request =
        IstioCertificateRequest.newBuilder().setCsr(csr).setMetadata(metadata).build();
    String chain = String.join("", authority.createCertificate(request).getCertChainList());
    return GrpcSslContexts.forClient()
        .trustManager(stream(root))
        .keyManager(stream(chain), stream(pem(keys.getPrivate())))
        .build();
  }

  private static ManagedChannel channel(Controller controller, SslContext tls) {
    return NettyChannelBuilder.forAddress(controller.address())
        .overrideAuthority("localhost")
        .sslContext(tls)
        .build();
  }

  /** To the controller that was started after the one before, with the same certificate. */
  public void reconnect(Controller controller) {
    channel.shutdownNow();
    channel = channel(controller, tls);
  }

  /**
   * @param more of the body: {@code "service":"orders"}
   */
  public static String token(Controller controller, String namespace, String more)
      throws Exception {
    String asked = "{\"namespace\":\"" + namespace + "\",\"ttlSeconds\":60," + more + "}";
    HttpResponse<String> answer = http(controller, "POST", "/api/v1/tokens", asked, Map.of());
    JsonNode json = new ObjectMapper().readTree(answer.body());
    return json.required("token").asText();
  }

  /** A request to the API of the controller, over plaintext on loopback. */
  public static HttpResponse<String> http(
      Controller controller, String method, String path, String body, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + controller.address().getPort() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("x-endomesh-request", "test");
    headers.forEach(request::header);
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Registers, and waits for the lease. */
  public Object join(Map<String, String> labels, int... ports) throws Exception {
    return join(registration(labels, ports));
  }

  public Registration registration(Map<String, String> labels, int... ports) {
    Registration.Builder registration =
        Registration.newBuilder()
            .setService(service)
            .setNamespace(namespace)
            .setInstance(instance)
            .putAllLabels(labels);
    for (int port : ports) {
      registration.addPorts(Port.newBuilder().setNumber(port));
    }
    return registration.build();
  }

  public Object join(Registration registration) throws Exception {
    join =
        WorkloadServiceGrpc.newStub(channel)
            .join(
                new StreamObserver<ControllerMessage>() {
                  @Override
                  public void onNext(ControllerMessage message) {
                    answers.add(message);
                  }

                  @Override
                  public void onError(Throwable error) {
                    answers.add(error);
                  }

                  @Override
                  public void onCompleted() {
                    answers.add("completed");
                  }
                });
    return again(registration);
  }

  /** A further registration on the same stream, and the answer to it. */
  public Object again(Registration registration) throws Exception {
    join.onNext(WorkloadMessage.newBuilder().setRegistration(registration).build());
    return java.util.Objects.requireNonNull(
        answers.poll(10, TimeUnit.SECONDS), "no answer to the registration");
  }

  /** Any other message on the stream. */
  public void say(WorkloadMessage message) {
    join.onNext(message);
  }

  public void goodbye() {
    join.onNext(WorkloadMessage.newBuilder().setGoodbye(Goodbye.newBuilder()).build());
  }

  /** As a process that is killed. */
  public void kill() {
    channel.shutdownNow();
  }

  public Struct metadata() {
    return metadata(namespace, service);
  }

  private static Struct metadata(String namespace, String service) {
    return Struct.newBuilder()
        .putFields("NAMESPACE", Value.newBuilder().setStringValue(namespace).build())
        .putFields("SERVICE", Value.newBuilder().setStringValue(service).build())
        .build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private static ByteArrayInputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
  }

  private static String pem(Object value) throws Exception {
    Object written =
        value instanceof java.security.PrivateKey key
            ? new org.bouncycastle.openssl.jcajce.JcaPKCS8Generator(key, null)
            : value;
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(written);
    }
    return text.toString();
  }
}
