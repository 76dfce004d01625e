package io.endomesh.telemetry;

import io.opentelemetry.api.common.Attributes;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The attribute sets of one histogram that were met before, found without allocating: a fixed array
 * of chains that only grow. A map would need a key object for each question. Thread-safe,
 * lock-free.
 */
final class SeriesTable {

  /** The SDK's cardinality limit: from there on it folds series together, so none are kept. */
  private static final int MAX_SERIES = 2000;

  /** A power of two; keeps chains at four entries when the table is full. */
  private static final int BUCKETS = 512;

  private final AtomicReferenceArray<@Nullable Entry> buckets = new AtomicReferenceArray<>(BUCKETS);
  private final AtomicInteger size = new AtomicInteger();

  /**
   * What tells one series from another. Which field means what is the histogram's business.
   *
   * @param next in the same bucket
   */
  private record Entry(
      int hash,
      @Nullable Object who,
      @Nullable Object where,
      @Nullable Object what,
      @Nullable Object error,
      int code,
      Attributes attributes,
      @Nullable Entry next) {}

  static int hash(
      @Nullable Object who,
      @Nullable Object where,
      @Nullable Object what,
      @Nullable Object error,
      int code) {
    int hash = Objects.hashCode(who);
    hash = 31 * hash + Objects.hashCode(where);
    hash = 31 * hash + Objects.hashCode(what);
    hash = 31 * hash + Objects.hashCode(error);
    hash = 31 * hash + code;
    return hash ^ hash >>> 16;
  }

  @Nullable Attributes find(
      int hash,
      @Nullable Object who,
      @Nullable Object where,
      @Nullable Object what,
      @Nullable Object error,
      int code) {
    Entry entry = buckets.get(hash & BUCKETS - 1);
    while (entry != null) {
      if (entry.hash == hash
          && entry.code == code
          && Objects.equals(entry.what, what)
          && Objects.equals(entry.where, where)
          && Objects.equals(entry.who, who)
          && Objects.equals(entry.error, error)) {
        return entry.attributes;
      }
      entry = entry.next;
    }
    return null;
  }

  /** Two threads may add the same series; both sets are equal, so nothing is wrong with that. */
  void add(
      int hash,
      @Nullable Object who,
      @Nullable Object where,
      @Nullable Object what,
      @Nullable Object error,
      int code,
      Attributes attributes) {
    if (size.incrementAndGet() > MAX_SERIES) {
      size.decrementAndGet();
      return;
    }
    int bucket = hash & BUCKETS - 1;
    Entry first;
    Entry added;
    do {
      first = buckets.get(bucket);
      added = new Entry(hash, who, where, what, error, code, attributes, first);
    } while (!buckets.compareAndSet(bucket, first, added));
  }

  int size() {
    return size.get();
  }
}
