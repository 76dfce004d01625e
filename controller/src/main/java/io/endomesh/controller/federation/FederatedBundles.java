package io.endomesh.controller.federation;

import io.endomesh.controller.jwks.HttpsGet;
import io.endomesh.controller.jwks.KeyFetchException;
import io.endomesh.controller.jwks.KeyFetchOptions;
import io.endomesh.controller.kinds.FederatedTrustDomain;
import io.endomesh.controller.kinds.SpiffeBundle;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.translate.FederatedBundle;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bundles of the trust domains that resources name, fetched in the background as often as each
 * asks for. What was fetched last stays good while an endpoint cannot be asked, and over a restart.
 * No call, no workload and no start waits for one. Thread-safe.
 */
public final class FederatedBundles implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FederatedBundles.class);

  /** Of a first failure; doubled with each. */
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

  /** Beyond any interval. */
  private static final int MAX_DOUBLINGS = 20;

  /** A partner that wants to be asked more often than that, or less, is asked so. */
  private static final Duration LEAST = Duration.ofSeconds(1);

  private static final Duration MOST = Duration.ofDays(1);

  /** So that one endpoint that hangs does not keep the others waiting. */
  private static final int THREADS = 4;

  /** Facts of the store that hold what was fetched. */
  private static final String FACTS = "federation/";

  private final ResourceStore store;
  private final HttpsGet https;
  private final Duration refresh;
  private final Clock clock;
  private final ScheduledExecutorService threads;
  private final AtomicLong answers = new AtomicLong();
  private volatile Runnable changed = () -> {};

  /** By trust domain. Guarded by this. */
  private final Map<String, State> states = new HashMap<>();

  /** When each is asked next. Guarded by this. */
  private final Map<String, Future<?>> next = new HashMap<>();

  /**
   * What is known of one trust domain.
   *
   * @param fetchedAt last, in this process; null before
   * @param failures in a row
   */
  record State(
      FederatedTrustDomain domain,
      KnownBundle known,
      @Nullable Instant fetchedAt,
      @Nullable String failure,
      @Nullable Instant failingSince,
      int failures) {

    FederatedBundle told() {
      return new FederatedBundle(known.roots(), failure, failingSince);
    }
  }

  /**
   * @throws IOException if the certificates of authorities cannot be read
   */
  public FederatedBundles(ResourceStore store, KeyFetchOptions options, Clock clock)
      throws IOException {
    this.store = store;
    this.https = new HttpsGet(options, "--federation", SpiffeBundle.MAX_BYTES);
    this.refresh = options.refresh();
    this.clock = clock;
    this.threads =
        Executors.newScheduledThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "endomesh-federation");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Calls {@code listener} whenever something else is known. */
  public void watch(Runnable listener) {
    changed = listener;
  }

  /**
   * What is known now. Whatever is not known yet is asked for from now on, the rest no more.
   *
   * @param wanted by trust domain
   */
  public synchronized Map<String, FederatedBundle> of(Map<String, FederatedTrustDomain> wanted) {
    states.keySet().removeIf(name -> !wanted.containsKey(name) && forget(name));
    Map<String, FederatedBundle> known = new HashMap<>();
    wanted.forEach((name, domain) -> known.put(name, state(name, domain).told()));
    return known;
  }

  private State state(String name, FederatedTrustDomain domain) {
    State state = states.get(name);
    if (state != null && state.domain().equals(domain)) {
      return state;
    }
    // Another address leaves what is known as it is: who mistypes one loses nothing.
    String kept = state == null ? store.fact(FACTS + name).orElse(null) : state.known().kept();
    State begun = new State(domain, KnownBundle.of(domain, kept), null, null, null, 0);
    states.put(name, begun);
    schedule(name, Duration.ZERO);
    return begun;
  }

  private boolean forget(String name) {
    Future<?> pending = next.remove(name);
    if (pending != null) {
      pending.cancel(false);
    }
    try {
      store.removeFact(FACTS + name);
    } catch (StoreException e) {
      log.warn("The bundle of {}, which nobody asks for any more, stays: {}", name, e.getMessage());
    }
    return true;
  }

  /** Another number once something was answered, or could not be asked. */
  public long answers() {
    return answers.get();
  }

  /** By trust domain. */
  synchronized Map<String, State> states() {
    return Map.copyOf(states);
  }

  /**
   * Asks an endpoint now, and returns when that is done.
   *
   * @return what came of it; null if nobody wants to know of this trust domain
   */
  @Nullable State refresh(String name) {
    fetch(name);
    synchronized (this) {
      return states.get(name);
    }
  }

  private void fetch(String name) {
    State before;
    synchronized (this) {
      before = states.get(name);
    }
    if (before == null) {
      return;
    }
    String failure;
    try {
      fetched(before, before.known().followedBy(ask(before)));
      return;
    } catch (KeyFetchException e) {
      failure = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      failure = "it cannot be asked (" + e.getClass().getSimpleName() + ")";
    }
    failed(before, failure);
  }

  private String ask(State state) throws KeyFetchException {
    FederatedTrustDomain domain = state.domain();
    String id = domain.endpointSpiffeId();
    if (id == null) {
      return https.get(domain.bundleEndpointUrl());
    }
    if (state.known().roots().isEmpty()) {
      throw new KeyFetchException(
          "it took all its roots back, so that nothing proves who it is (expected: another"
              + " trustDomainBundle)");
    }
    try {
      return https.get(domain.bundleEndpointUrl(), new EndpointTrust(state.known().roots(), id));
    } catch (GeneralSecurityException e) {
      throw new KeyFetchException("its roots cannot be used (" + e.getMessage() + ")");
    }
  }

  private void fetched(State before, KnownBundle known) throws KeyFetchException {
    String name = before.domain().trustDomain();
    State now = new State(before.domain(), known, clock.instant(), null, null, 0);
    if (!known.equals(before.known())) {
      try {
        store.putFact(FACTS + name, known.kept());
      } catch (StoreException e) {
        log.warn("The bundle of {} is not kept over a restart: {}", name, e.getMessage());
      }
    }
    SpiffeBundle bundle = known.bundle();
    Duration hint = bundle == null ? null : bundle.refreshHint();
    if (!replace(before, now, hint == null ? refresh : hint)) {
      return;
    }
    if (before.failures() > 0) {
      log.info("The bundle of {} is fetched again", name);
    }
    if (!known.roots().equals(before.known().roots())) {
      log.info("{} has other roots than before: {} now", name, known.roots().size());
    }
    tell(before, now);
  }

  private void failed(State before, String why) {
    Instant since = before.failingSince() == null ? clock.instant() : before.failingSince();
    State now =
        new State(
            before.domain(), before.known(), before.fetchedAt(), why, since, before.failures() + 1);
    Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(before.failures(), MAX_DOUBLINGS));
    if (!replace(before, now, wait.compareTo(refresh) < 0 ? wait : refresh)) {
      return;
    }
    if (!why.equals(before.failure())) {
      log.warn(
          "The bundle of {} cannot be fetched: {}; {}",
          before.domain().trustDomain(),
          why,
          now.known().roots().isEmpty()
              ? "none of its workloads is believed"
              : "the roots that are known stay");
    }
    tell(before, now);
  }

  /** False if the resource changed meanwhile, or another answer came: that one counts. */
  private synchronized boolean replace(State before, State now, Duration wait) {
    String name = before.domain().trustDomain();
    if (!states.replace(name, before, now)) {
      return false;
    }
    schedule(name, wait);
    answers.incrementAndGet();
    return true;
  }

  /** A tenth earlier or later: several controllers, and several partners, are not all at once. */
  private synchronized void schedule(String name, Duration wait) {
    Duration bounded = wait.isZero() ? wait : wait.compareTo(LEAST) < 0 ? LEAST : wait;
    long millis = (bounded.compareTo(MOST) > 0 ? MOST : bounded).toMillis();
    long spread = Math.max(1, millis / 5);
    Future<?> before =
        next.put(
            name,
            threads.schedule(
                () -> fetch(name),
                millis - spread / 2 + ThreadLocalRandom.current().nextLong(spread),
                TimeUnit.MILLISECONDS));
    if (before != null) {
      before.cancel(false);
    }
  }

  private void tell(State before, State now) {
    if (!before.told().equals(now.told())) {
      changed.run();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    https.close();
  }
}
