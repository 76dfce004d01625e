package io.endomesh.controller.store;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All resources at one revision. Immutable.
 *
 * @param revision grows by one with each write that changed something
 */
public record Resources(long revision, SortedMap<ResourceKey, StoredResource> byKey) {

  public static final Resources NONE = new Resources(0, new TreeMap<>());

  public Resources {
    byKey =
        Collections.unmodifiableSortedMap(new TreeMap<>((Map<ResourceKey, StoredResource>) byKey));
  }

  public Optional<StoredResource> find(ResourceKey key) {
    return Optional.ofNullable(byKey.get(key));
  }

  /** Sorted by kind, namespace, name. */
  public Collection<StoredResource> all() {
    return byKey.values();
  }
}
