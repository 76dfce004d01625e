package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.FederatedTrustDomain;
import io.endomesh.controller.kinds.KeySource;
import io.endomesh.controller.registry.Settling;
import io.endomesh.controller.registry.WorkloadRegistry;
import io.endomesh.controller.store.ResourceStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the model of the mesh current: listens to store and registry, gathers changes that come
 * close together, and publishes one new model for them. Thread-safe.
 */
public final class MeshModelSource {

  private static final Logger log = LoggerFactory.getLogger(MeshModelSource.class);

  /** Short enough to stay far below a second, long enough to make one of a burst of joins. */
  private static final Duration GATHER = Duration.ofMillis(20);

  private final ResourceStore store;
  private final WorkloadRegistry registry;
  private final Settling settling;
  private final String trustDomain;
  private final ScheduledExecutorService executor;
  private final KnownServices knownServices;
  private final KnownLabels knownLabels;
  private final Function<Set<KeySource>, Map<KeySource, FetchedKeys>> keys;
  private final Function<Map<String, FederatedTrustDomain>, Map<String, FederatedBundle>>
      federation;
  private final Supplier<List<InjectedFault>> faults;
  private final List<Consumer<MeshModel>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  // Guarded by this.
  private Catalog catalog = Catalog.EMPTY;
  private long version;

  private volatile MeshModel model;

  /** Of a mesh that fetches nothing. */
  public MeshModelSource(
      ResourceStore store,
      WorkloadRegistry registry,
      Settling settling,
      String trustDomain,
      ScheduledExecutorService executor,
      LongSupplier nanoTime) {
    this(
        store,
        registry,
        settling,
        trustDomain,
        executor,
        nanoTime,
        sources -> Map.of(),
        domains -> Map.of(),
        List::of);
  }

  /**
   * @param executor of one thread, on which models are made and published
   * @param keys what is known of the keys of issuers
   * @param federation what is known of other trust domains, by name
   * @param faults of fault tests that run
   */
  public MeshModelSource(
      ResourceStore store,
      WorkloadRegistry registry,
      Settling settling,
      String trustDomain,
      ScheduledExecutorService executor,
      LongSupplier nanoTime,
      Function<Set<KeySource>, Map<KeySource, FetchedKeys>> keys,
      Function<Map<String, FederatedTrustDomain>, Map<String, FederatedBundle>> federation,
      Supplier<List<InjectedFault>> faults) {
    this.faults = faults;
    this.federation = federation;
    this.keys = keys;
    this.store = store;
    this.registry = registry;
    this.settling = settling;
    this.trustDomain = trustDomain;
    this.executor = executor;
    this.knownServices = new KnownServices(store, nanoTime);
    this.knownLabels = new KnownLabels(store, nanoTime);
    this.model = make();
    store.watch(resources -> refresh());
    registry.watch(this::refresh);
  }

  /** The newest that was published. */
  public MeshModel model() {
    return model;
  }

  /**
   * A model of all that the store holds, though it may not be published yet: whoever applied
   * something and asks at once is answered from what they applied.
   */
  public MeshModel current() {
    MeshModel published = model;
    return published.revision() < store.resources().revision() ? make() : published;
  }

  /** Calls {@code listener} with each new model, in order. */
  public void watch(Consumer<MeshModel> listener) {
    listeners.add(listener);
  }

  /** Makes a new model soon. */
  public void refresh() {
    if (scheduled.compareAndSet(false, true)) {
      executor.schedule(this::publish, GATHER.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void publish() {
    // Before reading: a change that comes while reading is worth another model.
    scheduled.set(false);
    try {
      MeshModel next = make();
      model = next;
      for (Consumer<MeshModel> listener : listeners) {
        listener.accept(next);
      }
    } catch (RuntimeException e) {
      log.error("no new configuration could be made; keeping version {}", model.version(), e);
    }
  }

  private synchronized MeshModel make() {
    catalog = catalog.update(store.resources());
    // Asked before the workloads are read: then whoever it saw come back is among them.
    boolean settled = settling.isOver(registry.workloads());
    var workloads = registry.workloads();
    return new MeshModel(
        ++version,
        trustDomain,
        catalog,
        workloads,
        knownServices.update(workloads),
        settled,
        keys.apply(catalog.keySources()),
        federation.apply(MeshModel.federatedTrustDomains(catalog, trustDomain)),
        knownLabels.update(workloads, catalog.callerLabels(), settled),
        faults.get());
  }
}
