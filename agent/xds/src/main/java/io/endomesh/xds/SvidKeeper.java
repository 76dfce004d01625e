package io.endomesh.xds;

import io.endomesh.dataplane.identity.TrustBundle;
import io.endomesh.xds.http2.Http2Client;
import io.endomesh.xds.identity.Credentials;
import io.endomesh.xds.runtime.Log;
import io.endomesh.xds.runtime.Serial;
import io.endomesh.xds.spiffe.EndpointSocket;
import io.endomesh.xds.spiffe.WorkloadApi;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has the workload's certificate from the SPIFFE Workload API, which renews it. Nothing is asked of
 * the controller, and nothing is kept on disk. Not thread-safe: runs on the control thread.
 */
final class SvidKeeper implements CertificateSource {

  private static final long LOOK_NANOS = Duration.ofSeconds(30).toNanos();

  /** Whoever gives such certificates out replaces them at half of their life. */
  private static final double DUE = 0.5;

  private final Serial serial;
  private final Clock clock;
  private final Log log;
  private final ExpiryWarnings warnings;
  private final Consumer<Credentials> issued;
  private final WorkloadApi api;

  private @Nullable Credentials credentials;
  private @Nullable CertificateLife life;

  /**
   * @param issued told of each new certificate, on the control thread
   * @param failed told of each try that brought none
   */
  SvidKeeper(
      EndpointSocket socket,
      String spiffeId,
      Http2Client http,
      Serial serial,
      Clock clock,
      Log log,
      Consumer<Credentials> issued,
      Runnable failed) {
    this.serial = serial;
    this.clock = clock;
    this.log = log;
    this.issued = issued;
    this.warnings =
        new ExpiryWarnings(log, "no call succeeds until the Workload API gives another");
    this.api = new WorkloadApi(socket, spiffeId, http, serial, log, this::received, failed);
  }

  /**
   * Whose word is taken: of whom the controller names, and of whom the Workload API does, which is
   * the first to know of a next root.
   *
   * @param told by the controller; null before it did
   */
  static TrustBundle joined(@Nullable TrustBundle told, Credentials mine) {
    if (told == null) {
      return new TrustBundle(mine.roots(), List.of(), Set.of());
    }
    Set<X509Certificate> roots = new LinkedHashSet<>(told.roots());
    roots.addAll(mine.roots());
    return new TrustBundle(List.copyOf(roots), told.trailKeys(), told.revoked(), told.federated());
  }

  /** Of roots that the controller named, those that sign for the controller and not for SPIFFE. */
  static List<X509Certificate> ofController(
      List<X509Certificate> told, @Nullable Credentials mine) {
    List<X509Certificate> left = new ArrayList<>(told);
    if (mine != null) {
      left.removeAll(mine.roots());
    }
    return left;
  }

  @Override
  public void restore() {
    api.start();
    look();
  }

  private void received(Credentials fresh) {
    Instant now = clock.instant();
    CertificateLife itsLife = CertificateLife.issued(fresh, now, serial.nanoTime());
    if (itsLife.clocksDiffer()) {
      log.error(
          "the certificate of the Workload API is good from "
              + fresh.notBefore()
              + " to "
              + fresh.notAfter()
              + ", but the clock of this machine says "
              + now
              + "; using it all the same, others may not believe it");
    }
    if (credentials == null) {
      log.info("identity from the SPIFFE Workload API, good until " + fresh.notAfter());
    }
    credentials = fresh;
    life = itsLife;
    warnings.renewed();
    issued.accept(fresh);
  }

  private void look() {
    CertificateLife now = life;
    if (now != null && isDue(now)) {
      String why = api.problem();
      warnings.look(
          now,
          clock.instant(),
          serial.nanoTime(),
          why.isEmpty() ? "the Workload API sent no other" : why);
    }
    serial.schedule(this::look, LOOK_NANOS);
  }

  private boolean isDue(CertificateLife now) {
    return now.left(clock.instant(), serial.nanoTime()) < DUE;
  }

  @Override
  public void connecting() {
    // There is nothing to choose from.
  }

  @Override
  public boolean mayConnect() {
    return proof() != null;
  }

  @Override
  public void connected() {
    // Nothing is asked for on it.
  }

  @Override
  public void disconnected(String why) {
    // Certificates come another way.
  }

  @Override
  public @Nullable Credentials proof() {
    CertificateLife now = life;
    return now == null || now.hasEnded(clock.instant(), serial.nanoTime()) ? null : credentials;
  }

  @Override
  public boolean keepOutdated() {
    return false;
  }

  @Override
  public @Nullable Instant begin() {
    CertificateLife now = life;
    return now == null ? null : now.begin();
  }

  @Override
  public String problem() {
    CertificateLife now = life;
    return now == null || isDue(now) ? api.problem() : "";
  }

  @Override
  public void forget() {
    // It is good all the same: the controller may learn of its root in a moment.
  }

  @Override
  public void ask(CertificateOrders.Channel channel, Consumer<String> failed, Runnable done) {
    failed.accept(api.problem());
  }

  @Override
  public void renewWithin(long nanos, Runnable done) {
    // When it is renewed is up to who gives it out.
  }
}
