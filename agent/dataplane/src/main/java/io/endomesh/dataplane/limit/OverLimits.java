package io.endomesh.dataplane.limit;

import io.endomesh.dataplane.cluster.XxHash64;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Keys of one limit that are known to be over it, and until when: nobody has to be asked about them
 * (what Envoy's rate limit service calls its local cache of keys that are over the limit). A fixed
 * table; what does not fit is forgotten, and asked about. Thread-safe, lock-free; looking allocates
 * nothing.
 */
final class OverLimits {

  /** Callers that go wild at a time are few: 40 KB at most. */
  private static final int PLACES = 1_024;

  /** Places that a key may have, as in {@link Buckets}. */
  private static final int WINDOW = 8;

  /**
   * A server that says "for a month" may be told another limit meanwhile: then it is asked again
   * after this.
   */
  private static final long MAX_NANOS = 60_000_000_000L;

  /** Not to be foreseen, as in {@link Buckets}. */
  private static final long SEED = new SplittableRandom().nextLong();

  /** Of calls without a key. */
  private static final long NO_KEY = 0;

  /**
   * @param resetAt when a call is let through again, on the mesh's clock
   * @param askAt when the server is asked again
   * @param requests of the limit, as the server said; 0 if it did not
   */
  record Over(long hash, long resetAt, long askAt, int requests) {}

  private final AtomicReferenceArray<@Nullable Over> places = new AtomicReferenceArray<>(PLACES);

  /** Null if the key is not known to be over the limit now. */
  @Nullable Over of(@Nullable String key, long now) {
    long hash = hash(key);
    for (int i = 0; i < WINDOW; i++) {
      Over over = places.get(place(hash, i));
      if (over != null && over.hash() == hash) {
        return over.askAt() - now > 0 ? over : null;
      }
    }
    return null;
  }

  /**
   * @param status that is over, and says until when
   */
  void add(@Nullable String key, LimitServer.Status status, long now) {
    long hash = hash(key);
    long reset = Math.min(status.resetNanos(), Long.MAX_VALUE / 2);
    Over over = new Over(hash, now + reset, now + Math.min(reset, MAX_NANOS), status.requests());
    int chosen = place(hash, 0);
    long soonest = Long.MAX_VALUE;
    for (int i = 0; i < WINDOW; i++) {
      int place = place(hash, i);
      Over there = places.get(place);
      if (there == null || there.hash() == hash) {
        chosen = place;
        break;
      }
      // The one that would be asked about first is the one to forget.
      if (there.askAt() - now < soonest) {
        soonest = there.askAt() - now;
        chosen = place;
      }
    }
    places.set(chosen, over);
  }

  private static long hash(@Nullable String key) {
    return key == null ? NO_KEY : XxHash64.hash(key, SEED);
  }

  private static int place(long hash, int i) {
    return (int) (hash + i) & (PLACES - 1);
  }
}
