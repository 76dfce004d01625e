package io.endomesh.xds;

import io.endomesh.xds.identity.Credentials;
import io.endomesh.xds.runtime.Log;
import io.endomesh.xds.runtime.Serial;
import io.endomesh.xds.state.StateDirectory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a certificate that is good: asks for the first with the join token, for the next with the
 * present one, at half of its life. Looks at the clock now and then, and not only when it reckoned
 * that something is due: a clock may jump, and a machine sleep. Not thread-safe: runs on the
 * control thread.
 */
final class CertificateKeeper implements CertificateSource {

  /** Renewals of services that started together are spread over this share of the life. */
  private static final double JITTER = 0.1;

  /** A renewal that failed is tried again after this; a quarter of a day's life is far off. */
  private static final long RETRY_NANOS = Duration.ofSeconds(30).toNanos();

  /** Of a short life, a failure must not cost more than a twentieth. */
  private static final int RETRIES = 20;

  /** How often the clock is looked at: as often in a life, but no more than that costs nothing. */
  private static final int LOOKS = 50;

  private static final long MIN_LOOK_NANOS = Duration.ofMillis(100).toNanos();
  private static final long MAX_LOOK_NANOS = Duration.ofSeconds(30).toNanos();

  private final CertificateOrders orders;
  private final Serial serial;
  private final StateDirectory state;
  private final Clock clock;
  private final RandomGenerator random;
  private final Log log;
  private final ExpiryWarnings warnings;
  private final Consumer<Credentials> issued;
  private final Supplier<CertificateOrders.@Nullable Channel> connection;

  private @Nullable Credentials credentials;
  private @Nullable CertificateLife life;
  private Duration renewAfter = Duration.ZERO;
  private Serial.@Nullable Timer look;
  private Serial.@Nullable Timer asked;
  private long nextTryNanos;
  private boolean asking;

  /** What the controller asked for is done then; null if it asks for nothing. */
  private @Nullable Runnable demanded;

  /** Why the last attempt failed; empty if it did not. */
  private String problem = "";

  private @Nullable Instant awaySince;
  private String away = "none was made yet";

  /**
   * The token is to be shown before the certificate: what there is was issued for another token,
   * and the present one may say other things; or others would not believe it yet.
   */
  private boolean tokenFirst;

  private boolean tokenTried;

  /**
   * @param issued told of each new certificate, on the control thread
   * @param connection on which we proved ourselves by a certificate; null if there is none
   */
  CertificateKeeper(
      CertificateOrders orders,
      Serial serial,
      StateDirectory state,
      Clock clock,
      RandomGenerator random,
      Log log,
      Consumer<Credentials> issued,
      Supplier<CertificateOrders.@Nullable Channel> connection) {
    this.orders = orders;
    this.serial = serial;
    this.state = state;
    this.clock = clock;
    this.random = random;
    this.log = log;
    this.warnings = new ExpiryWarnings(log);
    this.issued = issued;
    this.connection = connection;
  }

  /** Takes what was kept on disk, if it is still good. */
  @Override
  public void restore() {
    StateDirectory.Kept kept = state.readCredentials();
    Instant now = clock.instant();
    if (kept != null && kept.credentials().notAfter().isAfter(now)) {
      tokenFirst = !kept.byThisToken();
      adopt(kept.credentials(), CertificateLife.kept(kept.credentials(), now, serial.nanoTime()));
    }
  }

  /** A connection is about to be made: what to show on it is chosen anew. */
  @Override
  public void connecting() {
    serial.check();
    CertificateLife now = life;
    if (awaySince == null) {
      awaySince = clock.instant();
    }
    if (now != null && now.isEarly(clock.instant())) {
      // The controller may not believe it yet, or not the token any more: one after the other.
      tokenFirst = !tokenTried;
      tokenTried = !tokenTried;
    }
  }

  /** There is the token, if nothing else. */
  @Override
  public boolean mayConnect() {
    return true;
  }

  /** One was made on which we are known by our certificate. */
  @Override
  public void connected() {
    serial.check();
    awaySince = null;
    nextTryNanos = serial.nanoTime();
    lookNow();
  }

  /** It is no more, or was not made. */
  @Override
  public void disconnected(String why) {
    serial.check();
    if (awaySince == null) {
      awaySince = clock.instant();
    }
    away = why;
  }

  /** What the controller is to be shown; null if it is to be shown the token. */
  @Override
  public @Nullable Credentials proof() {
    return tokenFirst ? null : credentials();
  }

  /**
   * The token is not taken: what it replaced is still good.
   *
   * @return false if there is nothing
   */
  @Override
  public boolean keepOutdated() {
    serial.check();
    boolean kept = tokenFirst && credentials() != null;
    tokenFirst = false;
    return kept;
  }

  /** Null if there is none that is good. */
  @Nullable Credentials credentials() {
    CertificateLife now = life;
    return now == null || now.hasEnded(clock.instant(), serial.nanoTime()) ? null : credentials;
  }

  /** When the life of the present one began; null if there is none. */
  @Override
  public @Nullable Instant begin() {
    CertificateLife now = life;
    return now == null ? null : now.begin();
  }

  /** Why it has not been renewed, though it is due; empty if it is not, or is being renewed. */
  @Override
  public String problem() {
    return problem;
  }

  /** The controller does not believe the present one: the next is asked for with the token. */
  @Override
  public void forget() {
    serial.check();
    credentials = null;
    life = null;
    tokenFirst = false;
  }

  boolean isDue() {
    CertificateLife now = life;
    Instant instant = clock.instant();
    return credentials() == null
        || now == null
        || demanded != null
        || now.isEarly(instant)
        || now.hasPassed(renewAfter, instant, serial.nanoTime());
  }

  /**
   * Asks for a first certificate over this connection, with the token.
   *
   * @param failed told why not, on the control thread
   * @param done run on the control thread when there is a new one
   */
  @Override
  public void ask(CertificateOrders.Channel channel, Consumer<String> failed, Runnable done) {
    serial.check();
    place(channel, /* byToken= */ true, failed, done);
  }

  /**
   * Renews though it is not time yet, as the controller asks: at some moment of these.
   *
   * @param done see {@link #ask}
   */
  @Override
  public void renewWithin(long nanos, Runnable done) {
    serial.check();
    if (asked != null) {
      asked.cancel();
    }
    asked =
        serial.schedule(
            () -> {
              demanded = done;
              nextTryNanos = serial.nanoTime();
              lookNow();
            },
            (long) (Math.max(0, nanos) * random.nextDouble()));
  }

  private void place(
      CertificateOrders.Channel channel, boolean byToken, Consumer<String> failed, Runnable done) {
    if (asking) {
      return;
    }
    asking = true;
    orders.place(
        channel,
        byToken,
        (fresh, wrong) -> {
          asking = false;
          String problem = fresh == null ? wrong : accept(fresh);
          if (problem == null) {
            done.run();
          } else {
            failed.accept(problem);
          }
        });
  }

  private void lookNow() {
    if (look != null) {
      look.cancel();
    }
    look();
  }

  private void look() {
    CertificateLife now = life;
    if (now == null) {
      return;
    }
    look = serial.schedule(this::look, between(now, LOOKS, MIN_LOOK_NANOS, MAX_LOOK_NANOS));
    if (isDue()) {
      renew(now);
      String why = why();
      if (!why.isEmpty()) {
        warnings.look(now, clock.instant(), serial.nanoTime(), why);
      }
    }
  }

  /** Over the connection on which we are known, which outlasts the certificate that began it. */
  private void renew(CertificateLife now) {
    CertificateOrders.Channel open = connection.get();
    if (open == null || asking || serial.nanoTime() - nextTryNanos < 0) {
      return;
    }
    nextTryNanos = serial.nanoTime() + between(now, RETRIES, MIN_LOOK_NANOS, RETRY_NANOS);
    Runnable then = demanded;
    place(open, /* byToken= */ false, this::notRenewed, then == null ? () -> {} : then);
  }

  private void notRenewed(String why) {
    if (!why.equals(problem)) {
      log.warn("the certificate was not renewed: " + why + "; trying again");
    }
    problem = why;
  }

  private String why() {
    if (connection.get() == null) {
      return "there has been no connection to the controller since "
          + awaySince
          + " ("
          + away
          + ")";
    }
    return problem.isEmpty() ? "" : "asking for the next failed (" + problem + ")";
  }

  private static long between(CertificateLife life, int parts, long least, long most) {
    return Math.max(least, Math.min(most, life.length().toNanos() / parts));
  }

  /** Null if it is good. */
  private @Nullable String accept(Credentials fresh) {
    Instant now = clock.instant();
    CertificateLife itsLife = CertificateLife.issued(fresh, now, serial.nanoTime());
    if (itsLife.clocksDiffer()) {
      String clocks = clocks(fresh, now);
      Credentials present = credentials;
      if (present != null && CertificateLife.isGood(present, now)) {
        // By our clock and that of who signed it before: others go by them, too.
        return clocks + "; keeping the one before";
      }
      log.error(clocks + "; using it all the same, others may not believe it");
    }
    state.write(fresh);
    tokenFirst = false;
    adopt(fresh, itsLife);
    warnings.renewed();
    return null;
  }

  private static String clocks(Credentials fresh, Instant now) {
    return "the controller's certificate is good from "
        + fresh.notBefore()
        + " to "
        + fresh.notAfter()
        + ", but the clock of this machine says "
        + now
        + " (expected: clocks that agree)";
  }

  private void adopt(Credentials fresh, CertificateLife itsLife) {
    credentials = fresh;
    life = itsLife;
    problem = "";
    demanded = null;
    double share = 0.5 + JITTER * (random.nextDouble() - 0.5);
    renewAfter = Duration.ofNanos((long) (itsLife.length().toNanos() * share));
    issued.accept(fresh);
    if (look == null) {
      look = serial.schedule(this::look, between(itsLife, LOOKS, MIN_LOOK_NANOS, MAX_LOOK_NANOS));
    }
  }
}
