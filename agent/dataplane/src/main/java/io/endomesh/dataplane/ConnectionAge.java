package io.endomesh.dataplane;

import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.Peer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Until when connections go on that began with a certificate of this server that has been renewed
 * since. A connection that is never idle would otherwise go on for ever, with keys of long ago, and
 * until the certificate that its client saw has ended. Immutable.
 *
 * @param fromNanos when the first of them come to their end
 * @param spreadNanos within which all do, so that their clients do not come back all at once
 */
record ConnectionAge(long fromNanos, long spreadNanos) {

  /** As proxies have it for connections of any kind; renewals are half a day apart. */
  static final Duration DEFAULT = Duration.ofHours(1);

  /** Of the certificate's life: the one before ends a half after it was renewed. */
  private static final int LEAST_SHARE = 4;

  /**
   * @param renewed the certificate that has just come
   * @param limit null if connections go on as long as they like
   */
  static @Nullable ConnectionAge after(Identity renewed, @Nullable Duration limit, long nowNanos) {
    if (limit == null) {
      return null;
    }
    long left = Math.max(0, renewed.life().toNanos() / LEAST_SHARE);
    long most = Math.min(limit.toNanos(), left);
    return new ConnectionAge(nowNanos + most - most / 10, most / 10);
  }

  boolean isOver(Peer peer, Identity mine, long nowNanos) {
    long over = nowNanos - fromNanos;
    return over >= 0 && over >= share(peer) && peer.sawEarlierThan(mine);
  }

  /** Of the spread, the same for each request of a connection. */
  private long share(Peer peer) {
    return spreadNanos / 256 * (System.identityHashCode(peer) & 0xff);
  }
}
