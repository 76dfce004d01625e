package io.endomesh.controller.jwks;

import io.endomesh.controller.kinds.KeySource;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.translate.FetchedKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of the issuers that policies name, fetched in the background again and again. What was
 * fetched last stays good while an issuer cannot be asked, and over a restart. No call, no workload
 * and no start waits for an issuer. Thread-safe.
 */
public final class IssuerKeys implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

  /** Of a first failure; doubled with each. */
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

  /** So that one issuer that hangs does not keep the others waiting. */
  private static final int THREADS = 4;

  /** Facts of the store that hold what was fetched. */
  private static final String FACTS = "jwks/";

  private final ResourceStore store;
  private final KeyFetcher fetcher;
  private final Duration refresh;
  private final Clock clock;
  private final AtomicLong answers = new AtomicLong();
  private final ScheduledExecutorService threads;
  private volatile Runnable changed = () -> {};

  /** Guarded by this. */
  private final Map<KeySource, State> states = new HashMap<>();

  private record State(
      FetchedKeys keys, int failures, @Nullable Instant fetchedAt, @Nullable Instant failingSince) {

    static State begin(@Nullable String kept) {
      return new State(new FetchedKeys(kept, null), 0, null, null);
    }
  }

  /**
   * When an issuer was asked.
   *
   * @param fetchedAt last, in this process; null before
   * @param failingSince null while nothing fails
   */
  public record Asked(@Nullable Instant fetchedAt, @Nullable Instant failingSince) {}

  /**
   * @throws IOException if the certificates of authorities cannot be read
   */
  public IssuerKeys(ResourceStore store, KeyFetchOptions options, Clock clock) throws IOException {
    this.store = store;
    this.clock = clock;
    this.fetcher = new KeyFetcher(options);
    this.refresh = options.refresh();
    this.threads =
        Executors.newScheduledThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "endomesh-keys");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Calls {@code listener} whenever something else is known. */
  public void watch(Runnable listener) {
    changed = listener;
  }

  /** What is known now. Whatever is not known yet is asked for from now on, the rest no more. */
  public synchronized Map<KeySource, FetchedKeys> of(Set<KeySource> wanted) {
    states
        .keySet()
        .removeIf(
            source -> {
              boolean forgotten = !wanted.contains(source);
              if (forgotten) {
                forget(source);
              }
              return forgotten;
            });
    Map<KeySource, FetchedKeys> known = new HashMap<>();
    for (KeySource source : wanted) {
      State state = states.get(source);
      if (state == null) {
        state = State.begin(store.fact(fact(source)).orElse(null));
        states.put(source, state);
        threads.execute(() -> fetch(source));
      }
      known.put(source, state.keys());
    }
    return known;
  }

  /** When it was asked; of one that nobody wants to know of, never. */
  public synchronized Asked asked(KeySource source) {
    State state = states.get(source);
    return state == null
        ? new Asked(null, null)
        : new Asked(state.fetchedAt(), state.failingSince());
  }

  /** Another number once something was answered, or could not be asked. */
  public long answers() {
    return answers.get();
  }

  private void fetch(KeySource source) {
    try {
      if (isWanted(source)) {
        fetched(source, fetcher.fetch(source));
      }
    } catch (KeyFetchException e) {
      failed(source, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      failed(source, "it cannot be asked (" + e.getClass().getSimpleName() + ")");
    }
  }

  private synchronized boolean isWanted(KeySource source) {
    return states.containsKey(source);
  }

  private void fetched(KeySource source, String jwks) {
    State before =
        replace(source, new State(new FetchedKeys(jwks, null), 0, clock.instant(), null));
    if (before == null) {
      return;
    }
    answers.incrementAndGet();
    if (before.failures() > 0) {
      log.info("The keys of {} are fetched again", source.address());
    }
    if (!jwks.equals(before.keys().jwks())) {
      try {
        store.putFact(fact(source), jwks);
      } catch (StoreException e) {
        log.warn(
            "The keys of {} are not kept over a restart: {}", source.address(), e.getMessage());
      }
    }
    again(source, refresh);
    tell(before.keys(), new FetchedKeys(jwks, null));
  }

  private void failed(KeySource source, String why) {
    State before;
    FetchedKeys now;
    synchronized (this) {
      before = states.get(source);
      if (before == null) {
        return;
      }
      now = new FetchedKeys(before.keys().jwks(), why);
      Instant since = before.failingSince() == null ? clock.instant() : before.failingSince();
      states.put(source, new State(now, before.failures() + 1, before.fetchedAt(), since));
    }
    answers.incrementAndGet();
    if (!why.equals(before.keys().failure())) {
      log.warn(
          "The keys of {} cannot be fetched: {}; {}",
          source.address(),
          why,
          now.jwks() == null ? "its tokens are refused" : "those that are known stay");
    }
    Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(before.failures(), MAX_DOUBLINGS));
    again(source, wait.compareTo(refresh) < 0 ? wait : refresh);
    tell(before.keys(), now);
  }

  /** Beyond any interval. */
  private static final int MAX_DOUBLINGS = 20;

  private synchronized @Nullable State replace(KeySource source, State state) {
    return states.containsKey(source) ? states.put(source, state) : null;
  }

  /** A tenth earlier or later: several controllers, and several issuers, are not all at once. */
  private void again(KeySource source, Duration wait) {
    long millis = wait.toMillis();
    long spread = Math.max(1, millis / 5);
    threads.schedule(
        () -> fetch(source),
        millis - spread / 2 + ThreadLocalRandom.current().nextLong(spread),
        TimeUnit.MILLISECONDS);
  }

  private void tell(FetchedKeys before, FetchedKeys now) {
    if (!Objects.equals(before, now)) {
      changed.run();
    }
  }

  private void forget(KeySource source) {
    try {
      store.removeFact(fact(source));
    } catch (StoreException e) {
      log.warn("Keys that nobody asks for any more stay in the store: {}", e.getMessage());
    }
  }

  private static String fact(KeySource source) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  (source.getClass().getSimpleName() + " " + source.address())
                      .getBytes(StandardCharsets.UTF_8));
      return FACTS + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: absent (expected: in every JDK)", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    fetcher.close();
  }
}
