package io.endomesh.controller.limit;

import io.endomesh.controller.translate.GlobalLimit;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.dataplane.limit.Buckets;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts of the limits of a mesh, in memory, by the same buckets that a workload counts by: evenly,
 * without a burst where two windows of time meet, and exact about when to come back. A limit that
 * stays what it is keeps its counts when the mesh changes. Thread-safe; counting takes no lock.
 */
final class LimitCounts {

  /** At 16 bytes each: 256 KB for each limit with a key. */
  private static final int MAX_KEYS = 16_384;

  /** A limit with its counts. */
  record Counted(GlobalLimit limit, Buckets buckets) {}

  /**
   * What a description leads to.
   *
   * @param key null for the bucket of calls without one
   */
  record Found(Counted counted, @Nullable String key) {}

  /** The limits of a policy, by the description of the calls they count. */
  record Domain(
      String namespace, Map<List<Entry>, Counted> whole, Map<List<Entry>, Counted> byKey) {

    /** Null if no limit counts what is described so. */
    @Nullable Found find(List<Entry> described) {
      Counted counted = whole.get(described);
      if (counted != null) {
        return new Found(counted, null);
      }
      int last = described.size() - 1;
      if (last < 0) {
        return null;
      }
      Entry key = described.get(last);
      List<Entry> pattern = new ArrayList<>(described);
      pattern.set(last, Entry.newBuilder().setKey(key.getKey()).build());
      counted = byKey.get(pattern);
      return counted == null ? null : new Found(counted, key.getValue());
    }
  }

  private final LongSupplier nanoTime;
  private volatile Map<String, Domain> domains = Map.of();

  // Confined to the thread that publishes models.
  private Map<GlobalLimit, Buckets> buckets = Map.of();

  LimitCounts(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Follows the mesh. To be called by one thread at a time. */
  void update(MeshModel model) {
    Map<GlobalLimit, Buckets> used = new HashMap<>();
    Map<String, Domain> next = new HashMap<>();
    for (GlobalLimit limit : GlobalLimit.of(model)) {
      Buckets known = buckets.get(limit);
      Buckets own = known == null ? newBuckets(limit) : known;
      used.put(limit, own);
      Domain domain =
          next.computeIfAbsent(
              limit.domain(),
              name -> new Domain(limit.namespace(), new HashMap<>(), new HashMap<>()));
      Counted counted = new Counted(limit, own);
      domain.whole().put(limit.withoutKey(), counted);
      if (limit.keyed()) {
        domain.byKey().put(limit.entries(), counted);
      }
    }
    buckets = used;
    domains = next;
  }

  private Buckets newBuckets(GlobalLimit limit) {
    return new Buckets(limit.rate(), limit.keyed() ? MAX_KEYS : 0, nanoTime.getAsLong());
  }

  /** Null if no policy has this name, or none that counts here. */
  @Nullable Domain domain(String name) {
    return domains.get(name);
  }

  long now() {
    return nanoTime.getAsLong();
  }
}
