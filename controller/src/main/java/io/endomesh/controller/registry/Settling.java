package io.endomesh.controller.registry;

import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time after a start of the controller in which the workloads it knew have not yet come back.
 * Until it is over nobody is told that something has no endpoints, because it only seems so.
 * Thread-safe.
 */
public final class Settling {

  private static final Logger log = LoggerFactory.getLogger(Settling.class);

  private static final String FACT = "registry/live";

  /** Agents come back within their back-off of a few seconds; who is away longer is gone. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final ResourceStore store;
  private final LongSupplier nanoTime;

  // Guarded by this.
  private boolean reachable;
  private long endsNanos;

  /** Who holds them, by instance; null where an older controller did not write that down. */
  private final Map<String, @Nullable WorkloadIdentity> awaited = new TreeMap<>();

  private Set<String> saved;
  private boolean over;

  public Settling(ResourceStore store, LongSupplier nanoTime) {
    this.store = store;
    this.nanoTime = nanoTime;
    this.saved = Set.copyOf(read(store.fact(FACT)));
    saved.forEach(this::await);
    this.over = awaited.isEmpty();
    if (!over) {
      log.info(
          "waiting up to {} s for {} workloads that lived before",
          LONGEST.toSeconds(),
          awaited.size());
    }
  }

  /**
   * Whose instance this was before the start. Nobody else gets it while the owner may come back.
   */
  public synchronized Optional<WorkloadIdentity> holder(String instance) {
    return over ? Optional.empty() : Optional.ofNullable(awaited.get(instance));
  }

  private void await(String live) {
    int service = live.indexOf('/');
    int instance = live.indexOf('/', service + 1);
    String namespace = live.substring(0, Math.max(service, 0));
    if (instance > service
        && WorkloadIdentity.isName(namespace)
        && WorkloadIdentity.isName(live.substring(service + 1, instance))) {
      awaited.put(
          live.substring(instance + 1),
          new WorkloadIdentity(namespace, live.substring(service + 1, instance)));
    } else {
      awaited.put(live, null);
    }
  }

  private static Set<String> read(Optional<String> names) {
    return names.isEmpty() || names.get().isEmpty()
        ? Set.of()
        : new TreeSet<>(Arrays.asList(names.get().split(",")));
  }

  /**
   * From now on workloads can come back: the wait for them begins, and not with the start of the
   * process, which may take seconds on a busy machine.
   */
  public synchronized void reachable() {
    reachable = true;
    endsNanos = nanoTime.getAsLong() + LONGEST.toNanos();
  }

  /** Whether what is registered is all there is. Once true, it stays so. */
  public synchronized boolean isOver(Collection<Workload> workloads) {
    if (!over) {
      workloads.forEach(workload -> awaited.remove(workload.instance()));
      boolean late = reachable && nanoTime.getAsLong() - endsNanos >= 0;
      if (awaited.isEmpty() || late) {
        over = true;
        log.info(
            awaited.isEmpty() ? "all workloads are back" : "gone while the controller was away: {}",
            String.join(", ", awaited.keySet()));
      }
    }
    return over;
  }

  /** Keeps who lives, for the next start. To be called now and then. */
  public synchronized void remember(Collection<Workload> workloads) {
    if (!over) {
      return;
    }
    Set<String> live =
        workloads.stream()
            .map(workload -> workload.identity() + "/" + workload.instance())
            .collect(Collectors.toCollection(TreeSet::new));
    if (live.equals(saved)) {
      return;
    }
    try {
      store.putFact(FACT, String.join(",", live));
      saved = live;
    } catch (StoreException e) {
      // Tried again at the next call; only a restart before that would show it.
      log.debug("live workloads are not kept: {}", e.getMessage());
    }
  }
}
