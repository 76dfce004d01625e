package io.endomesh.xds;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.identity.SpiffeId;
import io.endomesh.proto.istio.v1.auth.IstioCertificateRequest;
import io.endomesh.proto.istio.v1.auth.IstioCertificateResponse;
import io.endomesh.xds.http2.GrpcException;
import io.endomesh.xds.http2.Http2Connection;
import io.endomesh.xds.identity.CertificateRequest;
import io.endomesh.xds.identity.Credentials;
import io.endomesh.xds.runtime.Log;
import io.endomesh.xds.runtime.Serial;
import io.endomesh.xds.state.StateDirectory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a certificate that is good: asks for the first with the join token, for the next with the
 * present one, at half of its life. Not thread-safe: runs on the control thread.
 */
final class CertificateKeeper {

  private static final String CREATE = "/istio.v1.auth.IstioCertificateService/CreateCertificate";

  /** Istio's default; the controller may give less. */
  private static final long VALIDITY_SECONDS = Duration.ofHours(24).toSeconds();

  private static final long TIMEOUT_NANOS = Duration.ofSeconds(10).toNanos();

  /** Renewals of services that started together are spread over this share of the life. */
  private static final double JITTER = 0.1;

  /** A renewal that failed is tried again after this; a quarter of a day's life is far off. */
  private static final long RETRY_NANOS = Duration.ofSeconds(30).toNanos();

  private final JoinString join;
  private final Workload workload;
  private final Serial serial;
  private final StateDirectory state;
  private final Clock clock;
  private final RandomGenerator random;
  private final Log log;
  private final Supplier<List<X509Certificate>> trusted;
  private final Consumer<Credentials> issued;

  private @Nullable Credentials credentials;
  private Serial.@Nullable Timer renewal;
  private boolean asking;

  /** What there is was issued for another join token: the present one may say other things. */
  private boolean outdated;

  /**
   * @param trusted the roots that the mesh told us of
   * @param issued told of each new certificate, on the control thread
   */
  CertificateKeeper(
      JoinString join,
      Workload workload,
      Serial serial,
      StateDirectory state,
      Clock clock,
      RandomGenerator random,
      Log log,
      Supplier<List<X509Certificate>> trusted,
      Consumer<Credentials> issued) {
    this.join = join;
    this.workload = workload;
    this.serial = serial;
    this.state = state;
    this.clock = clock;
    this.random = random;
    this.log = log;
    this.trusted = trusted;
    this.issued = issued;
  }

  /** Takes what was kept on disk, if it is still good. */
  void restore() {
    StateDirectory.Kept kept = state.readCredentials();
    if (kept != null && kept.credentials().notAfter().isAfter(clock.instant())) {
      outdated = !kept.byThisToken();
      adopt(kept.credentials());
    }
  }

  /** What the controller is to be shown; null if it is to be shown the token. */
  @Nullable Credentials proof() {
    return outdated ? null : credentials();
  }

  /**
   * The token is not taken: what it replaced is still good.
   *
   * @return false if there is nothing
   */
  boolean keepOutdated() {
    serial.check();
    boolean kept = outdated && credentials() != null;
    outdated = false;
    return kept;
  }

  /** Null if there is none that is good. */
  @Nullable Credentials credentials() {
    Credentials now = credentials;
    return now == null || !now.notAfter().isAfter(clock.instant()) ? null : now;
  }

  /** The controller does not believe the present one: the next is asked for with the token. */
  void forget() {
    serial.check();
    credentials = null;
    outdated = false;
  }

  boolean isDue() {
    Credentials now = credentials();
    return now == null || !clock.instant().isBefore(halfLife(now));
  }

  /**
   * Asks for a certificate over this connection.
   *
   * @param failed told why not, on the control thread
   * @param done run on the control thread when there is a new one
   */
  void ask(Http2Connection connection, Consumer<String> failed, Runnable done) {
    serial.check();
    if (asking) {
      return;
    }
    CertificateRequest request;
    try {
      request =
          CertificateRequest.create(
              SpiffeId.of(join.trustDomain(), workload.namespace(), workload.service()));
    } catch (GeneralSecurityException e) {
      failed.accept("this JVM cannot make a key: " + e.getMessage());
      return;
    }
    Map<String, String> metadata;
    try {
      metadata = proof() == null ? Map.of("authorization", "Bearer " + join.secret()) : Map.of();
    } catch (IOException e) {
      failed.accept("the join token: " + e.getMessage());
      return;
    }
    asking = true;
    connection
        .unary(CREATE, metadata, message(request), TIMEOUT_NANOS)
        .whenCompleteAsync(
            (answer, error) -> {
              asking = false;
              String problem = error == null ? accept(request, answer) : reason(error);
              if (problem == null) {
                done.run();
              } else {
                failed.accept(problem);
              }
            },
            serial);
  }

  /** Renews when it is time, over whatever connection there is then. */
  void renewWith(Supplier<@Nullable Http2Connection> connection) {
    Credentials now = credentials();
    if (now == null) {
      return;
    }
    if (renewal != null) {
      renewal.cancel();
    }
    Duration life = Duration.between(now.notBefore(), now.notAfter());
    Duration untilHalf = Duration.between(clock.instant(), halfLife(now));
    long jitter = (long) (life.toNanos() * JITTER * (random.nextDouble() - 0.5));
    long delay = Math.max(0, untilHalf.toNanos() + jitter);
    renewal = serial.schedule(() -> renew(connection, () -> {}), delay);
  }

  /**
   * Renews though it is not time yet, as the controller asks: at some moment of these.
   *
   * @param done see {@link #ask}
   */
  void renewWithin(long nanos, Supplier<@Nullable Http2Connection> connection, Runnable done) {
    if (renewal != null) {
      renewal.cancel();
    }
    long delay = (long) (Math.max(0, nanos) * random.nextDouble());
    renewal = serial.schedule(() -> renew(connection, done), delay);
  }

  private void renew(Supplier<@Nullable Http2Connection> connection, Runnable done) {
    Http2Connection open = connection.get();
    if (open == null) {
      // The next connection finds that it is due.
      return;
    }
    ask(
        open,
        problem -> {
          log.warn("the certificate was not renewed: " + problem + "; trying again");
          renewal = serial.schedule(() -> renew(connection, done), RETRY_NANOS);
        },
        done);
  }

  /** Null if it is good. */
  private @Nullable String accept(CertificateRequest request, byte[] answer) {
    try {
      Credentials fresh =
          Credentials.issued(
              request.key(),
              IstioCertificateResponse.parseFrom(answer).getCertChainList(),
              join.rootFingerprint(),
              trusted.get());
      state.write(fresh);
      outdated = false;
      adopt(fresh);
      return null;
    } catch (GeneralSecurityException | InvalidProtocolBufferException e) {
      return "the controller answered with what is no certificate for us: " + e.getMessage();
    }
  }

  private void adopt(Credentials fresh) {
    credentials = fresh;
    issued.accept(fresh);
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

  private static Instant halfLife(Credentials credentials) {
    return credentials
        .notBefore()
        .plus(Duration.between(credentials.notBefore(), credentials.notAfter()).dividedBy(2));
  }

  private static String reason(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause instanceof GrpcException grpc
        ? String.valueOf(grpc.getMessage())
        : cause.toString();
  }
}
