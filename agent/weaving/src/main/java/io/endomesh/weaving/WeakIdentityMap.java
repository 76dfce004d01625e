package io.endomesh.weaving;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * State of the agent about objects of a library, for as long as they live: weak keys, compared by
 * identity. Thread-safe. Whoever writes clears away what has been collected, and the heartbeat of
 * the agent does: a map that nobody writes to any more may be all that holds an application that
 * was undeployed.
 */
public final class WeakIdentityMap<K, V> {

  private final ConcurrentMap<Object, V> entries = new ConcurrentHashMap<>();
  private final ReferenceQueue<K> collected = new ReferenceQueue<>();

  /** There is one map or a few for each library and each class loader that has it. */
  private static final Queue<WeakReference<WeakIdentityMap<?, ?>>> ALL =
      new ConcurrentLinkedQueue<>();

  public WeakIdentityMap() {
    ALL.add(new WeakReference<>(this));
  }

  /** Clears away what has been collected, of all maps. */
  public static void expungeAll() {
    for (Iterator<WeakReference<WeakIdentityMap<?, ?>>> each = ALL.iterator(); each.hasNext(); ) {
      WeakIdentityMap<?, ?> map = each.next().get();
      if (map == null) {
        each.remove();
      } else {
        map.expunge();
      }
    }
  }

  public @Nullable V get(K key) {
    return entries.get(new Lookup(key));
  }

  /** Returns what was there before. */
  public @Nullable V put(K key, V value) {
    expunge();
    return entries.put(new WeakKey<>(key, collected), value);
  }

  /** Returns what was there before; if that is not null, nothing changed. */
  public @Nullable V putIfAbsent(K key, V value) {
    expunge();
    return entries.putIfAbsent(new WeakKey<>(key, collected), value);
  }

  public @Nullable V remove(K key) {
    expunge();
    return entries.remove(new Lookup(key));
  }

  /** True if there is nothing to find; reads one counter. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Entries whose keys live, and those not cleared away yet. */
  int size() {
    expunge();
    return entries.size();
  }

  private void expunge() {
    for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
      entries.remove(gone);
    }
  }

  /** The key as it is stored. Equal to itself, and to a {@link Lookup} of the same object. */
  private static final class WeakKey<K> extends WeakReference<K> {
    private final int hash;

    WeakKey(K key, ReferenceQueue<K> queue) {
      super(key, queue);
      hash = System.identityHashCode(key);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      if (this == other) {
        return true;
      }
      K key = get();
      return key != null && other instanceof WeakKey<?> weak && weak.refersToSame(key)
          || key != null && other instanceof Lookup lookup && lookup.key == key;
    }

    private boolean refersToSame(Object key) {
      return get() == key;
    }
  }

  /** A key to ask with; costs no reference for the collector to track. */
  private static final class Lookup {
    private final Object key;

    Lookup(Object key) {
      this.key = key;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(key);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof WeakKey<?> weak && weak.get() == key;
    }
  }
}
