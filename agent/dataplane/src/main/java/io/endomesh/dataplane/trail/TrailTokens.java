package io.endomesh.dataplane.trail;

import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.limit.CellRate;
import io.endomesh.dataplane.limit.Rate;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask for trails: whoever has a token that the controller signed. Its key comes with the
 * roots that a workload trusts, so nothing is set up; a workload without a certificate tells nobody
 * anything. Thread-safe.
 */
public final class TrailTokens {

  /** Deeper calls are not asked; a mesh of so many layers is a loop. */
  static final int MAX_DEPTH = 32;

  /** Two machines' clocks may differ so much, as for certificates. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  private static final String DEPTH = ";depth=";

  /**
   * To look at a signature takes some tenths of a millisecond: so strangers who make tokens up cost
   * a hundredth of a core at most. A token that was accepted is not looked at again.
   */
  private static final Rate CHECKS = new Rate(20, TimeUnit.SECONDS.toNanos(1), 20);

  private final CellRate checks;
  private volatile @Nullable Accepted accepted;

  private record Accepted(byte[] token, Instant expires, List<PublicKey> keys) {}

  /**
   * @param nanoTime now, on the clock that {@link #trail} is told the time of
   */
  public TrailTokens(long nanoTime) {
    this.checks = new CellRate(CHECKS, 1, nanoTime);
  }

  /**
   * Makes a token; only the controller can.
   *
   * @throws IllegalArgumentException if it would be good for too long, or not at all
   */
  public static String issue(PrivateKey key, Instant now, Duration good)
      throws GeneralSecurityException {
    if (good.isNegative() || good.isZero() || good.compareTo(TrailToken.LONGEST) > 0) {
      throw new IllegalArgumentException(
          "ttl: " + good + " (expected: more than 0, at most " + TrailToken.LONGEST + ")");
    }
    return TrailToken.issue(key, now.plus(good));
  }

  /**
   * A trail to be filled, or null for those who may not ask.
   *
   * @param asked value of {@link Trail#HEADER}
   * @param identity of this workload, null if it has none yet
   */
  public @Nullable Trail trail(
      String asked, Workload workload, @Nullable Identity identity, Instant now, long nanoTime) {
    int end = asked.indexOf(DEPTH);
    String token = end < 0 ? asked : asked.substring(0, end);
    int depth = end < 0 ? 0 : depth(asked.substring(end + DEPTH.length()));
    return depth >= 0
            && identity != null
            && accepts(token, identity.bundle().trailKeys(), now, nanoTime)
        ? new Trail(token, depth, workload)
        : null;
  }

  static String asking(String token, int depth) {
    return token + DEPTH + depth;
  }

  private static int depth(String text) {
    try {
      int depth = Integer.parseInt(text);
      return depth <= MAX_DEPTH ? depth : -1;
    } catch (NumberFormatException notOurs) {
      return -1;
    }
  }

  private boolean accepts(String token, List<PublicKey> keys, Instant now, long nanoTime) {
    byte[] shown = token.getBytes(StandardCharsets.UTF_8);
    Accepted known = accepted;
    if (known != null && MessageDigest.isEqual(known.token, shown) && known.keys.equals(keys)) {
      return now.isBefore(known.expires);
    }
    TrailToken read = TrailToken.parse(token);
    if (read == null
        || !now.isBefore(read.expires())
        || read.expires().isAfter(now.plus(TrailToken.LONGEST).plus(SKEW))
        || checks.take(0, nanoTime) != 0
        || !read.isSignedBy(keys)) {
      return false;
    }
    accepted = new Accepted(shown, read.expires(), keys);
    return true;
  }
}
