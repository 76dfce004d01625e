package io.endomesh.controller.api;

import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Since when each condition has the status it has (Kubernetes {@code
 * metav1.Condition.lastTransitionTime}). Kept in the store, because a restart changes no status.
 * Not thread-safe.
 */
final class Transitions {

  private static final Logger log = LoggerFactory.getLogger(Transitions.class);

  private static final String FACT = "conditions";

  /** Between the parts of a line; no name of a resource or a condition holds one. */
  private static final String SEPARATOR = "\t";

  private record Since(boolean status, Instant at) {}

  private final ResourceStore store;
  private final Clock clock;
  private final Map<ResourceKey, Map<String, Since>> known = new TreeMap<>();
  private boolean changed;

  Transitions(ResourceStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
    store.fact(FACT).ifPresent(lines -> lines.lines().forEach(this::read));
  }

  /**
   * Notes what a resource's conditions are now.
   *
   * @param createdAt what is older is of another resource that had the name before
   * @param statuses of all its conditions, by name
   * @return since when, by name
   */
  Map<String, Instant> of(ResourceKey key, Instant createdAt, Map<String, Boolean> statuses) {
    Map<String, Since> before = known.getOrDefault(key, Map.of());
    Map<String, Since> now = new TreeMap<>();
    Map<String, Instant> since = new HashMap<>();
    // To the millisecond, as all times of the API.
    Instant time = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Instant created = createdAt.truncatedTo(ChronoUnit.MILLIS);
    statuses.forEach(
        (name, status) -> {
          Since old = before.get(name);
          Since next =
              old != null && old.status() == status && !old.at().isBefore(created)
                  ? old
                  : new Since(status, time);
          now.put(name, next);
          since.put(name, next.at());
        });
    if (!now.equals(before)) {
      known.put(key, now);
      changed = true;
    }
    return since;
  }

  /** Forgets all others. */
  void retain(Set<ResourceKey> there) {
    changed |= known.keySet().retainAll(there);
  }

  /** All at once: each write waits for the disk. */
  void save() {
    if (!changed) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    known.forEach(
        (key, all) ->
            all.forEach(
                (name, since) ->
                    lines
                        .append(
                            String.join(
                                SEPARATOR,
                                key.kind(),
                                key.namespace(),
                                key.name(),
                                name,
                                Boolean.toString(since.status()),
                                since.at().toString()))
                        .append('\n')));
    try {
      store.putFact(FACT, lines.toString());
      changed = false;
    } catch (StoreException e) {
      log.warn("conditions may seem to have changed at the next start: {}", e.getMessage());
    }
  }

  private void read(String line) {
    String[] parts = line.split(SEPARATOR, 6);
    known
        .computeIfAbsent(new ResourceKey(parts[0], parts[1], parts[2]), key -> new TreeMap<>())
        .put(parts[3], new Since(Boolean.parseBoolean(parts[4]), Instant.parse(parts[5])));
  }
}
