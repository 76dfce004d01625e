package io.endomesh.xds;

import io.endomesh.xds.identity.Credentials;
import java.time.Duration;
import java.time.Instant;

/**
 * From when to when a certificate is good here. It says so by the clock of who signed it; the clock
 * of this machine may be another, may jump, and stands still for nobody while a machine sleeps. So
 * time is measured twice: by that clock, and by the one that only goes on. Immutable.
 *
 * @param begin of the life of which half is to pass before it is renewed
 * @param clocksDiffer it was not good by this machine's clock when it came, fresh from who signed
 *     it
 * @param beganNanos on the clock that only goes on
 */
record CertificateLife(Instant begin, Instant end, boolean clocksDiffer, long beganNanos) {

  /** As much as authorities let certificates begin in the past, for clocks that are late. */
  static final Duration SKEW = Duration.ofMinutes(5);

  /** Of one that was just issued: that it began before is for clocks of others that are late. */
  static CertificateLife issued(Credentials fresh, Instant now, long nanoTime) {
    boolean good = isGood(fresh, now);
    Instant begin = good && now.isAfter(fresh.notBefore()) ? now : fresh.notBefore();
    return new CertificateLife(begin, fresh.notAfter(), !good, nanoTime);
  }

  /** Of one that was kept on disk. */
  static CertificateLife kept(Credentials kept, Instant now, long nanoTime) {
    Duration passed = Duration.between(kept.notBefore(), now);
    long began = nanoTime - (passed.isNegative() ? 0 : passed.toNanos());
    return new CertificateLife(kept.notBefore(), kept.notAfter(), false, began);
  }

  static boolean isGood(Credentials credentials, Instant now) {
    return now.isBefore(credentials.notAfter())
        && !now.plus(SKEW).isBefore(credentials.notBefore());
  }

  Duration length() {
    return Duration.between(begin, end);
  }

  /** Who signed it believes it no longer. */
  boolean hasEnded(Instant now, long nanoTime) {
    return clocksDiffer ? nanoTime - beganNanos >= length().toNanos() : !now.isBefore(end);
  }

  /** A clock went back, or that of who signed it forward: others do not believe it yet. */
  boolean isEarly(Instant now) {
    return !clocksDiffer && now.plus(SKEW).isBefore(begin);
  }

  /** By either clock: one that went back does not make it last longer. */
  boolean hasPassed(Duration part, Instant now, long nanoTime) {
    boolean byThisClock = !clocksDiffer && !now.isBefore(begin.plus(part));
    return byThisClock || nanoTime - beganNanos >= part.toNanos();
  }

  /** How much of it is left, from 1 down to 0. */
  double left(Instant now, long nanoTime) {
    double total = Math.max(1, length().toNanos());
    double byOther = 1 - (nanoTime - beganNanos) / total;
    double byThisClock = clocksDiffer ? byOther : Duration.between(now, end).toNanos() / total;
    return Math.max(0, Math.min(1, Math.min(byThisClock, byOther)));
  }
}
