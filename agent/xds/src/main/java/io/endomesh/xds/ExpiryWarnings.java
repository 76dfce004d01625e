package io.endomesh.xds;

import io.endomesh.xds.runtime.Log;
import java.time.Duration;
import java.time.Instant;

/**
 * Says well ahead that a certificate will end because it is not renewed, and why: once as less than
 * a quarter of its life is left, louder at a tenth, and as it has ended. Not thread-safe.
 */
final class ExpiryWarnings {

  /** Renewal is due at a half: it has failed for as long again. For a day's, six hours are left. */
  private static final double SOON = 0.25;

  private static final double VERY_SOON = 0.10;

  private enum Worry {
    NONE,
    SOON,
    VERY_SOON,
    ENDED
  }

  private static final String BY_TOKEN =
      "the next is asked for with the join token: if that has ended too, make a join string with"
          + " `endomesh token create` and start again with it";

  private final Log log;
  private final String afterEnd;
  private Worry said = Worry.NONE;

  ExpiryWarnings(Log log) {
    this(log, BY_TOKEN);
  }

  /**
   * @param afterEnd what follows when one has ended
   */
  ExpiryWarnings(Log log, String afterEnd) {
    this.log = log;
    this.afterEnd = afterEnd;
  }

  /** There is another certificate. */
  void renewed() {
    if (said != Worry.NONE) {
      log.info("the certificate is renewed");
    }
    said = Worry.NONE;
  }

  /**
   * @param why it has not been renewed, to follow "because"
   */
  void look(CertificateLife life, Instant now, long nanoTime, String why) {
    Worry worry = worry(life, now, nanoTime);
    if (worry.compareTo(said) <= 0) {
      return;
    }
    said = worry;
    switch (worry) {
      case SOON -> log.warn(sentence(life, now, why));
      case VERY_SOON ->
          log.error(sentence(life, now, why) + "; after that, neither side of a call believes it");
      default ->
          log.error(
              "the certificate ended at "
                  + life.end()
                  + ", not renewed because "
                  + why
                  + "; "
                  + afterEnd);
    }
  }

  private static Worry worry(CertificateLife life, Instant now, long nanoTime) {
    if (life.hasEnded(now, nanoTime)) {
      return Worry.ENDED;
    }
    double left = life.left(now, nanoTime);
    return left >= SOON ? Worry.NONE : left >= VERY_SOON ? Worry.SOON : Worry.VERY_SOON;
  }

  private static String sentence(CertificateLife life, Instant now, String why) {
    return "the certificate ends at "
        + life.end()
        + ", in "
        + inWords(Duration.between(now, life.end()))
        + ", and is not renewed because "
        + why;
  }

  private static String inWords(Duration time) {
    if (time.compareTo(Duration.ofHours(2)) >= 0) {
      return time.toHours() + " hours";
    }
    return time.compareTo(Duration.ofMinutes(2)) >= 0
        ? time.toMinutes() + " minutes"
        : Math.max(0, time.toSeconds()) + " seconds";
  }
}
