package io.endomesh.xds;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.identity.SpiffeId;
import io.endomesh.proto.istio.v1.auth.IstioCertificateRequest;
import io.endomesh.proto.istio.v1.auth.IstioCertificateResponse;
import io.endomesh.xds.http2.GrpcException;
import io.endomesh.xds.identity.CertificateRequest;
import io.endomesh.xds.identity.Credentials;
import io.endomesh.xds.identity.KeyKind;
import io.endomesh.xds.runtime.Serial;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the controller for certificates, each with a key of its own. Not thread-safe: runs on the
 * control thread.
 *
 * @param key what kind of key to make
 * @param trusted the roots that the mesh told us of
 */
record CertificateOrders(
    JoinString join,
    Workload workload,
    KeyKind key,
    Serial serial,
    Supplier<List<X509Certificate>> trusted) {

  private static final String CREATE = "/istio.v1.auth.IstioCertificateService/CreateCertificate";

  /** Istio's default; the controller may give less. */
  private static final long VALIDITY_SECONDS = Duration.ofHours(24).toSeconds();

  private static final long TIMEOUT_NANOS = Duration.ofSeconds(10).toNanos();

  /** By which a certificate is asked for; that of a connection is one. */
  interface Channel {
    CompletableFuture<byte[]> unary(
        String path, Map<String, String> metadata, byte[] request, long timeoutNanos);
  }

  /**
   * @param byToken false: who we are is known of the connection
   * @param done told what came, or why nothing did, on the control thread
   */
  void place(
      Channel channel, boolean byToken, BiConsumer<@Nullable Credentials, @Nullable String> done) {
    CertificateRequest request;
    Map<String, String> metadata;
    try {
      request =
          CertificateRequest.create(
              SpiffeId.of(join.trustDomain(), workload.namespace(), workload.service()), key);
      metadata = byToken ? Map.of("authorization", "Bearer " + join.secret()) : Map.of();
    } catch (GeneralSecurityException e) {
      done.accept(null, "this JVM cannot make a key: " + e.getMessage());
      return;
    } catch (IOException e) {
      done.accept(null, "the join token: " + e.getMessage());
      return;
    }
    channel
        .unary(CREATE, metadata, message(request), TIMEOUT_NANOS)
        .whenCompleteAsync(
            (answer, error) -> {
              if (error != null) {
                done.accept(null, reason(error));
                return;
              }
              Credentials fresh;
              try {
                fresh = read(request, answer);
              } catch (GeneralSecurityException | InvalidProtocolBufferException e) {
                done.accept(
                    null,
                    "the controller answered with what is no certificate for us: "
                        + e.getMessage());
                return;
              }
              done.accept(fresh, null);
            },
            serial);
  }

  private Credentials read(CertificateRequest request, byte[] answer)
      throws GeneralSecurityException, InvalidProtocolBufferException {
    return Credentials.issued(
        request.key(),
        IstioCertificateResponse.parseFrom(answer).getCertChainList(),
        join.rootFingerprint(),
        trusted.get());
  }

  private byte[] message(CertificateRequest request) {
    return IstioCertificateRequest.newBuilder()
        .setCsr(request.pem())
        .setValidityDuration(VALIDITY_SECONDS)
        .setMetadata(
            Struct.newBuilder()
                .putFields("NAMESPACE", text(workload.namespace()))
                .putFields("SERVICE", text(workload.service())))
        .build()
        .toByteArray();
  }

  private static Value text(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }

  private static String reason(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause instanceof GrpcException grpc
        ? String.valueOf(grpc.getMessage())
        : cause.toString();
  }
}
