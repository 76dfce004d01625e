package io.endomesh.dataplane.limit;

import io.endomesh.dataplane.cluster.XxHash64;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of one limit: one that is shared, and one for each key. They outlive snapshots.
 *
 * <p>A fixed table holds the keys, as hashes. A key looks for itself in {@link #WINDOW} places; if
 * it is not there it takes a free place, or one whose bucket is full, because forgetting a full
 * bucket forgets nothing. If all are in use it shares the bucket of everybody who has none. So
 * memory is bounded, and whoever makes up keys without end meets a limit too. Envoy would forget
 * the key that was used least recently, and give it a full bucket when it comes back.
 *
 * <p>Thread-safe, lock-free, allocates nothing. Under a race a key may get two places and twice its
 * burst, once.
 */
public final class Buckets {

  /** Places that a key may have: two cache lines of them. With half of all in use one is free. */
  private static final int WINDOW = 16;

  /** For calls without a key, and for keys without a place. */
  private static final int SHARED = 0;

  private static final long FREE = 0;

  /** Not to be foreseen, or a sender could choose keys that meet in one bucket. */
  private static final long SEED = new SplittableRandom().nextLong();

  private final CellRate rate;
  private final @Nullable AtomicLongArray keys;

  /**
   * @param maxKeys keys with a bucket of their own at a time, rounded up to a power of two; 0 for a
   *     limit without keys
   * @param now on the mesh's clock
   */
  public Buckets(Rate rate, int maxKeys, long now) {
    int places = maxKeys == 0 ? 0 : Math.max(WINDOW, ceilingPowerOfTwo(maxKeys));
    this.rate = new CellRate(rate, 1 + places, now);
    this.keys = places == 0 ? null : new AtomicLongArray(places);
  }

  private static int ceilingPowerOfTwo(int value) {
    return value == 1 ? 1 : Integer.highestOneBit(value - 1) << 1;
  }

  /**
   * @param key null for the shared bucket
   * @return as {@link CellRate#take}
   */
  long take(@Nullable String key, long now) {
    return take(key, 1, now);
  }

  /**
   * @param calls all or none of which are let through; from 1
   */
  public long take(@Nullable String key, long calls, long now) {
    return rate.take(bucket(key, now), calls, now);
  }

  /** Undoes {@code take}. */
  public void giveBack(@Nullable String key, long calls, long now) {
    rate.giveBack(bucket(key, now), calls);
  }

  /** How many calls would be let through at once. */
  public int left(@Nullable String key, long now) {
    return rate.left(bucket(key, now), now);
  }

  /** Nanoseconds until {@link #left} is a burst, if nothing is taken. */
  public long untilWhole(@Nullable String key, long now) {
    return rate.untilWhole(bucket(key, now), now);
  }

  private int bucket(@Nullable String key, long now) {
    if (key == null || keys == null) {
      return SHARED;
    }
    long hash = XxHash64.hash(key, SEED);
    return bucket(hash == FREE ? 1 : hash, keys, now);
  }

  private int bucket(long hash, AtomicLongArray table, long now) {
    int mask = table.length() - 1;
    while (true) {
      int reusable = -1;
      long reused = FREE;
      for (int i = 0; i < WINDOW; i++) {
        int place = (int) (hash + i) & mask;
        long there = table.get(place);
        if (there == hash) {
          return 1 + place;
        }
        if (reusable < 0 && (there == FREE || rate.isWhole(1 + place, now))) {
          reusable = place;
          reused = there;
        }
        if (there == FREE) {
          // Places are never freed, so the key cannot stand behind one.
          break;
        }
      }
      if (reusable < 0) {
        return SHARED;
      }
      if (table.compareAndSet(reusable, reused, hash)) {
        return 1 + reusable;
      }
    }
  }
}
